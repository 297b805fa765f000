import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import type { OAuth1Failure, OAuth1Options } from "../../src/index.ts";
import { fields, send } from "../support/oauth1-consumer.ts";
import {
  askRequestToken,
  consentUrl,
  refusal,
  registered,
  signedIn,
} from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";
import { parameter } from "../support/wire.ts";

const running = closedAfterEach();

const requestTokenReply = async (options: OAuth1Options): Promise<Response> => {
  const emulator = await running(startOAuth1(options));
  return askRequestToken(emulator, registered(emulator));
};

it.each([
  [true, "true"],
  [false, "false"],
  ["absent", undefined],
] as const)("confirms the callback or not: %s", async (callbackConfirmed, told) => {
  const reply = await fields(requestTokenReply({ callbackConfirmed }));
  expect(reply["oauth_callback_confirmed"]).toBe(told);
});

it("calls back with another token, without one, and without a verifier", async () => {
  const emulator = await running(startOAuth1());
  const dance = async (): Promise<(string | boolean | undefined)[]> => {
    const temporary = await fields(askRequestToken(emulator, registered(emulator)));
    const token = temporary["oauth_token"] ?? "";
    const callback = await emulator.authorize(consentUrl(emulator, token));
    const told = parameter(callback, "oauth_token");
    return [
      told === undefined ? undefined : told === token,
      parameter(callback, "oauth_verifier") !== undefined,
    ];
  };
  expect(await dance()).toEqual([true, true]);
  emulator.configure({ callbackToken: "another" });
  expect(await dance()).toEqual([false, true]);
  emulator.configure({ callbackToken: "absent", callbackVerifier: false });
  expect(await dance()).toEqual([undefined, false]);
});

it("replies in formats other than that of the RFC", async () => {
  const json = await requestTokenReply({ tokenReply: "json" });
  expect(json.headers.get("content-type")).toContain("application/json");
  expect(await json.json()).toMatchObject({ oauth_token: expect.any(String) });
  const html = await requestTokenReply({ tokenReply: "html" });
  expect([html.status, html.headers.get("content-type")]).toEqual([200, "text/html"]);
  const text = async (options: OAuth1Options): Promise<string> =>
    (await requestTokenReply(options)).text();
  expect(await text({ tokenReply: "duplicate-token" })).toMatch(
    /^oauth_token=\w+&.*&oauth_token=another$/,
  );
  expect(await text({ tokenReply: "without-token" })).toMatch(/^oauth_token_secret=/);
  expect(await text({ tokenReply: "without-secret" })).not.toContain("oauth_token_secret");
  expect(await text({ tokenReply: "empty" })).toBe("");
  expect((await text({ tokenReply: "huge" })).length).toBeGreaterThan(16 * 1024 * 1024);
  const asTwitter = await requestTokenReply({ tokenContentType: "text/html; charset=utf-8" });
  expect(asTwitter.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect((await fields(asTwitter))["oauth_callback_confirmed"]).toBe("true");
});

it.each([
  ["api-token-rejected", 401, "token_rejected"],
  ["api-token-expired", 401, "token_expired"],
  ["api-nonce-used", 401, "nonce_used"],
  ["api-timestamp-refused", 401, "timestamp_refused"],
  ["api-permission-denied", 401, "permission_denied"],
  ["api-rate-limit", 429, ""],
  ["api-internal-failure", 500, ""],
  ["api-unavailable", 503, ""],
] as const)("fails at the API, once: %s", async (failure, status, problem) => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  const call = (): Promise<[number, string]> =>
    refusal(send(user, { url: `${emulator.endpoints.api}/me` }));
  emulator.failNext(failure);
  expect(await call()).toEqual([status, problem]);
  expect(await call()).toEqual([200, ""]);
});

it.each([
  ["token-consumer-key-refused", 401, "consumer_key_refused", null],
  ["token-timestamp-refused", 401, "timestamp_refused", null],
  ["token-internal-failure", 500, "", null],
  ["token-unavailable", 503, "", null],
  ["token-redirect", 307, "", "/oauth/request_token?moved=1"],
  ["token-redirect-elsewhere", 307, "", "https://elsewhere.invalid/oauth"],
] satisfies [OAuth1Failure, number, string, string | null][])(
  "fails at the token endpoints, as often as asked: %s",
  async (failure, status, problem, location) => {
    const emulator = await running(startOAuth1());
    const ask = (): Promise<Response> => askRequestToken(emulator, registered(emulator));
    emulator.failNext(failure, 2);
    const first = await ask();
    expect(first.headers.get("location")).toBe(location);
    expect(first.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
    expect(await refusal(first)).toEqual([status, problem]);
    expect((await ask()).status).toBe(status);
    expect((await ask()).status).toBe(200);
  },
);

it("responds late on demand, and not after it was closed", async () => {
  const emulator = await startOAuth1();
  const ask = (): Promise<Response> => askRequestToken(emulator, registered(emulator));
  const arrived: string[] = [];
  emulator.failNext({ path: "/request_token", kind: "slow", delay: 100 });
  const slow = ask().then((reply) => arrived.push(`slow ${reply.status}`));
  while (emulator.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await ask().then((reply) => arrived.push(`next ${reply.status}`));
  await slow;
  expect(arrived).toEqual(["next 200", "slow 200"]);
  emulator.failNext({ kind: "slow", delay: 3_600_000 });
  const waiting = ask().then(
    () => "answered",
    () => "cut off",
  );
  while (emulator.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await emulator.close();
  expect(await waiting).toBe("cut off");
});
