import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { GrantkitEvents } from "@grantkit/core";
import { type OAuth1Emulator, startOAuth1 } from "@grantkit/emulator";
import { signedIn } from "./support/consumer.ts";

const CHANNELS = [
  "grantkit:token",
  "grantkit:refresh",
  "grantkit:request",
  "grantkit:error",
] as const;

let emulator: OAuth1Emulator;
let told: [string, GrantkitEvents[keyof GrantkitEvents]][];

const listen = (event: unknown, channel: string | symbol): void =>
  void told.push([String(channel), event as GrantkitEvents["grantkit:token"]]);

beforeAll(async () => {
  emulator = await startOAuth1({ renewal: true });
});
afterAll(() => emulator.close());
beforeEach(() => {
  told = [];
  for (const channel of CHANNELS) subscribe(channel, listen);
});
afterEach(() => {
  for (const channel of CHANNELS) unsubscribe(channel, listen);
});

it("events report tokens, requests and refreshes, without secrets", async () => {
  const session = await signedIn(emulator);
  const { key, secret, sessionHandle } = session.token ?? {};
  await session.get("/items?q=secret-search");
  await session.refresh();
  expect(told).toEqual([
    [
      "grantkit:token",
      expect.objectContaining({ provider: "example", grant: "oauth1_access_token" }),
    ],
    [
      "grantkit:request",
      expect.objectContaining({ method: "GET", path: "/api/items", status: 200 }),
    ],
    ["grantkit:token", expect.anything()],
    ["grantkit:refresh", expect.objectContaining({ outcome: "refreshed", code: undefined })],
  ]);
  const text = JSON.stringify(told);
  for (const hidden of [key, secret, sessionHandle, "secret-search"]) {
    expect(text).not.toContain(hidden);
  }
});

it("events report failures", async () => {
  const session = await signedIn(emulator);
  emulator.failNext("token-consumer-key-refused");
  await session.refresh().catch(() => undefined);
  expect(told.slice(1)).toEqual([
    ["grantkit:error", expect.objectContaining({ code: "TOKEN_REQUEST_DENIED" })],
    [
      "grantkit:refresh",
      expect.objectContaining({
        outcome: "failed",
        code: "TOKEN_REQUEST_DENIED",
        retryable: false,
      }),
    ],
  ]);
});
