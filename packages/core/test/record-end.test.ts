import { describe, expect, it } from "@jest/globals";
import type { TokenRecord } from "@grantkit/core";
import { recordEnd, recordUnreadable } from "@grantkit/core/requests";
import { polluted } from "./support/prototype-traps.ts";

const access = "2026-01-01T01:00:00.000Z";
const refresh = "2026-07-01T00:00:00.000Z";
const ends = { expiresAt: access, refreshTokenExpiresAt: refresh };

describe("a stored record ends", () => {
  const records: [string, Partial<TokenRecord>, string | undefined][] = [
    ["with its refresh token", { ...ends, refreshToken: "rt" }, refresh],
    [
      "never, if nobody knows when its refresh token expires",
      { expiresAt: access, refreshToken: "rt" },
      undefined,
    ],
    ["with its access token, without a refresh token", ends, access],
    [
      "with its access token, if the refresh token is null",
      { ...ends, refreshToken: null },
      access,
    ],
    [
      "never, if a session can repeat its grant",
      { ...ends, renewal: { grant: "client_credentials" } },
      undefined,
    ],
    ["never, without times", {}, undefined],
    ["never, if its time cannot be read", { expiresAt: "soon" }, undefined],
    ["at a time in seconds", { expiresAt: Date.parse(access) / 1000 }, access],
    ["at a date", { expiresAt: new Date(access) }, access],
  ];
  it.each(records)("%s", (_name, fields, end) => {
    const expected = end === undefined ? undefined : Date.parse(end);
    expect(recordEnd({ accessToken: "at", ...fields })).toBe(expected);
  });

  it("at no time that somebody has put on Object.prototype", async () => {
    await polluted({ expiresAt: access, endsAt: access, refreshToken: "rt" }, () => {
      expect(recordEnd({ accessToken: "at" })).toBeUndefined();
      return Promise.resolve();
    });
  });
});

describe("the error of an unreadable record", () => {
  it("names the key and says what to do", () => {
    const error = recordUnreadable("user-1", "is damaged", "Move it away.");
    expect(error.message).toBe(
      'The record of the key "user-1" is damaged. It was left as it is. Move it away.',
    );
    expect(error).toMatchObject({ code: "RECORD_UNREADABLE", retryable: false });
  });

  it("shows a long key in part, on one line", () => {
    const { message } = recordUnreadable(`a\n\u202e${"b".repeat(10_240)}`, "is damaged", "");
    expect(message).toContain(`"a\\n b`);
    expect(message).toContain("b… is damaged");
    expect(message.length).toBeLessThan(150);
  });
});
