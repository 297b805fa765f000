import { describe, expect, it } from "@jest/globals";
import { facebook } from "@grantkit/provider-facebook";

const provider = facebook();

describe("a profile of undocumented data", () => {
  it.each([null, "", 7, [], {}, { data: null }, { data: "x" }, { data: { url: 7 } }])(
    "has no picture when Facebook sends %j",
    (picture) => expect(provider.profile({ id: "1", picture }).picture).toBeUndefined(),
  );

  it("has the valid fields, and leaves the others out", () => {
    expect(
      provider.profile({ id: "1", name: 7, email: "", first_name: null, last_name: [] }),
    ).toEqual({
      id: "1",
      emailVerified: undefined,
      raw: expect.anything(),
    });
  });

  it("has an empty id where there is none, which core reports", () => {
    expect(provider.profile({ id: 7 }).id).toBe("");
  });
});

describe("an error of undocumented data", () => {
  it.each([{ toString: 1, valueOf: 1 }, ["x"], 7, null])(
    "is read without its text when that is %j",
    (message) => {
      const read = provider.readError?.({ error: { type: "OAuthException", message, code: 100 } });
      expect(read).toMatchObject({ error: "OAuthException", code: undefined });
      expect(read?.errorDescription).toBeUndefined();
    },
  );
});

describe("Facebook's codes", () => {
  it.each([
    [1, "SERVER_ERROR"],
    [2, "SERVER_ERROR"],
    [4, "RATE_LIMITED"],
    [17, "RATE_LIMITED"],
    [32, "RATE_LIMITED"],
    [341, "RATE_LIMITED"],
    [613, "RATE_LIMITED"],
    [80_000, "RATE_LIMITED"],
    [80_014, "RATE_LIMITED"],
    [101, "INVALID_CLIENT"],
    [102, "TOKEN_REJECTED"],
    [190, "TOKEN_REJECTED"],
    [191, "INVALID_REQUEST"],
    [200, undefined],
    [79_999, undefined],
    ["190", undefined],
    [undefined, undefined],
  ])("%p is %p", (code, expected) => {
    expect(
      provider.readError?.({ error: { type: "OAuthException", message: "…", code } }),
    ).toMatchObject({
      error: "OAuthException",
      code: expected,
    });
  });

  it.each([{}, { error: "invalid_grant" }, { error: null }, { error: 7 }, { data: {} }])(
    "are not looked for in %j",
    (body) => expect(provider.readError?.(body)).toBeUndefined(),
  );

  it("may be missing from an error", () => {
    expect(provider.readError?.({ error: {} })).toEqual({ error: "error", details: {} });
    expect(
      provider.readError?.({ error: { error_subcode: { a: 1 }, message: 7 } })?.details,
    ).toEqual({});
  });
});
