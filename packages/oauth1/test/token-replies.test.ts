import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { OAuth1Session, TokenRequestDenied } from "@grantkit/oauth1";
import { FakeClock } from "@grantkit/core/testing";
import { CANARY, errorOf } from "./support/canaries.ts";
import { CALLBACK, sessionAt } from "./support/consumer.ts";
import { type Answer, RecordingServer } from "./support/recording-server.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const REPLY = `oauth_token=${CANARY.token}&oauth_token_secret=${CANARY.tokenSecret}`;

let emulator: OAuth1Emulator;
const server = await RecordingServer.startForFile();

beforeAll(async () => {
  emulator = await startOAuth1();
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

function session(): OAuth1Session {
  return new OAuth1Session({
    clientKey: "my-app",
    clientSecret: CANARY.clientSecret,
    callbackUri: CALLBACK,
    clock: new FakeClock(1_700_000_000_000),
  });
}

/** Asks for a request token, to which the server answers once. */
async function denied(answer: Answer): Promise<Error & Record<string, unknown>> {
  server.begin(() => answer);
  const asking = session();
  const error = await errorOf(() => asking.fetchRequestToken({ url: `${server.origin}/token` }));
  // Not followed, not repeated, nothing changed.
  expect(server.requests).toHaveLength(1);
  expect([asking.requestToken, asking.token, asking.authorized]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  return error;
}

describe("oauth_callback_confirmed is required", () => {
  it.each([false, "absent"] as const)("%s at the emulator", async (callbackConfirmed) => {
    emulator.configure({ callbackConfirmed });
    const asking = sessionAt(emulator, { callbackUri: CALLBACK });
    expect(await errorOf(() => asking.fetchRequestToken())).toMatchObject({
      code: "CALLBACK_NOT_CONFIRMED",
      message: expect.stringContaining("RFC 5849 §2.1"),
    });
    expect(asking.requestToken).toBeUndefined();
    emulator.configure({ callbackConfirmed: true });
  });

  it.each([
    "",
    "&oauth_callback_confirmed=false",
    "&oauth_callback_confirmed=",
    "&oauth_callback_confirmed=TRUE1",
  ])("%p", async (end) => {
    expect(await denied({ headers: FORM, body: REPLY + end })).toMatchObject({
      code: "CALLBACK_NOT_CONFIRMED",
    });
  });
});

describe("a reply that is not a form with a token is refused", () => {
  it.each([
    ["html", "neither JSON nor a form"],
    ["duplicate-token", "repeats a field"],
    ["without-token", "no oauth_token in it"],
    ["without-secret", "no oauth_token_secret in it"],
    ["empty", "empty"],
  ] as const)("%s at the emulator", async (tokenReply, reason) => {
    emulator.configure({ tokenReply });
    const asking = sessionAt(emulator, { callbackUri: CALLBACK });
    expect(await errorOf(() => asking.fetchRequestToken())).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      status: 200,
      message: expect.stringContaining(reason),
    });
    expect(emulator.requests).toHaveLength(1);
    emulator.configure({ tokenReply: "form" });
  });

  it.each<[string, string | Buffer]>([
    ["an empty token", "oauth_token=&oauth_token_secret=s&oauth_callback_confirmed=true"],
    ["a secret twice", `${REPLY}&oauth_token_secret=t&oauth_callback_confirmed=true`],
    ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe, 0x3d])],
    ["a list", `["${CANARY.token}"]`],
    ["a token that is a number", `{"oauth_token":5,"oauth_token_secret":"s"}`],
    ["half of a JSON text", `{"oauth_token":"${CANARY.token}`],
  ])("%s", async (_, body) => {
    expect(await denied({ headers: FORM, body })).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
  });

  it("JSON is accepted, and a form with any content type", async () => {
    emulator.configure({ tokenReply: "json" });
    const json = await sessionAt(emulator, { callbackUri: CALLBACK }).fetchRequestToken();
    emulator.configure({ tokenReply: "form", tokenContentType: "text/html; charset=utf-8" });
    const html = await sessionAt(emulator, { callbackUri: CALLBACK }).fetchRequestToken();
    expect([json.secret, html.secret]).toEqual([expect.any(String), expect.any(String)]);
  });

  it("an empty secret is accepted", async () => {
    const body = "oauth_token=a&oauth_token_secret=&oauth_callback_confirmed=true";
    server.begin(() => ({ headers: FORM, body }));
    expect((await session().fetchRequestToken({ url: `${server.origin}/token` })).secret).toBe("");
  });

  it("more than 64 KB are not read, also of a compressed reply", async () => {
    emulator.configure({ tokenReply: "huge" });
    const asking = sessionAt(emulator, { callbackUri: CALLBACK });
    expect(await errorOf(() => asking.fetchRequestToken())).toMatchObject({
      code: "RESPONSE_TOO_LARGE",
    });
    emulator.configure({ tokenReply: "form" });
    const padded = (length: number): string => {
      const start = `${REPLY}&oauth_callback_confirmed=true&pad=`;
      return start + "x".repeat(length - start.length);
    };
    const { gzipSync } = await import("node:zlib");
    const packed = { headers: { ...FORM, "content-encoding": "gzip" } };
    const error = await denied({ ...packed, body: gzipSync(padded(64 * 1024 + 1)) });
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    server.begin(() => ({ ...packed, body: gzipSync(padded(64 * 1024)) }));
    await session().fetchRequestToken({ url: `${server.origin}/token` });
  });
});

describe("a token request that is denied", () => {
  const challenge = (problem: string) => ({ "www-authenticate": `OAuth realm="r", ${problem}` });

  it.each<[string, Answer, object]>([
    [
      "401 by header",
      { status: 401, headers: challenge('oauth_problem="nonce_used"') },
      { status: 401, error: "nonce_used" },
    ],
    [
      "401 by header without quotes",
      { status: 401, headers: challenge("oauth_problem=nonce_used") },
      { error: "nonce_used" },
    ],
    [
      "401 by form, with advice",
      {
        status: 401,
        headers: FORM,
        body: "oauth_problem=timestamp_refused&oauth_problem_advice=Late+%26+gone",
      },
      {
        status: 401,
        error: "timestamp_refused",
        errorDescription: "Late & gone",
        message: expect.stringContaining("clock"),
      },
    ],
    [
      "401 by JSON as X has it",
      { status: 401, body: '{"errors":[{"code":32,"message":"Could not authenticate you."}]}' },
      { status: 401, error: "32", errorDescription: "Could not authenticate you." },
    ],
    [
      "403 by plain text",
      { status: 403, headers: { "content-type": "text/plain" }, body: "No.\n" },
      { status: 403, errorDescription: "No." },
    ],
    [
      "400 by HTML",
      { status: 400, body: "<h1>Bad</h1>" },
      { status: 400, message: expect.not.stringContaining("Bad") },
    ],
    ["404 without a word", { status: 404 }, { status: 404, retryable: false }],
    [
      "429",
      { status: 429, headers: { "retry-after": "7" } },
      { status: 429, retryable: true, retryAfter: 7 },
    ],
    ["500", { status: 500, body: "<h1>Oops</h1>" }, { status: 500, retryable: true }],
    ["503", { status: 503 }, { status: 503, retryable: true }],
    [
      "a redirect",
      { status: 302, headers: { location: "https://example.com/" } },
      { status: 302, message: expect.stringContaining("redirects elsewhere") },
    ],
    ["307", { status: 307, headers: { location: "/token2" } }, { status: 307 }],
    ["304", { status: 304 }, { status: 304 }],
    [
      "a problem with status 200",
      { status: 200, headers: FORM, body: "oauth_problem=nonce_used&oauth_problem_advice=later" },
      {
        status: 200,
        error: "nonce_used",
        errorDescription: "later",
        retryable: false,
        message: expect.stringMatching(/gave no token: status 200, nonce_used/),
      },
    ],
    [
      "a token with an error status",
      { status: 400, headers: FORM, body: `${REPLY}&oauth_callback_confirmed=true` },
      { status: 400 },
    ],
  ])("%s", async (_, answer, expected) => {
    const error = await denied(answer);
    expect(error).toBeInstanceOf(TokenRequestDenied);
    expect(error).toMatchObject({ code: "TOKEN_REQUEST_DENIED", ...expected });
  });

  it("secrets that the provider repeats are in no error", async () => {
    const body = `oauth_problem=signature_invalid&oauth_problem_advice=key+was+${CANARY.clientSecret}%26`;
    const error = await denied({ status: 401, headers: FORM, body });
    expect(error.message).toMatch(/signature_invalid.*clientSecret/);
    const text = { headers: { "content-type": "text/plain" }, status: 500 };
    await denied({
      ...text,
      body: `callback ${CALLBACK} ${encodeURIComponent(CANARY.clientSecret)}`,
    });
  });

  it("half of a secret is redacted too where a long text is cut", async () => {
    for (const before of [270, 280, 290, 470, 480, 490, 500]) {
      const error = await denied({
        status: 401,
        headers: { "content-type": "text/plain" },
        body: `${"x".repeat(before)} ${CANARY.clientSecret} for ${CANARY.clientSecret}`,
      });
      expect(error.message).not.toContain(CANARY.clientSecret.slice(0, 4));
      expect(error.message.length).toBeLessThan(800);
    }
  });

  it("the query of the callback URL is not taken for a secret", async () => {
    const callbackUri = `https://app.example.com/callback?session=${CANARY.data}&next=a%20b`;
    server.begin(() => ({
      status: 401,
      headers: { "content-type": "text/plain" },
      body: `${callbackUri} is not registered; ${encodeURIComponent(callbackUri)}`,
    }));
    const asking = new OAuth1Session({ clientKey: "a", clientSecret: "b", callbackUri });
    const error = await errorOf(() => asking.fetchRequestToken({ url: `${server.origin}/token` }));
    expect(error.message).toContain("https://app.example.com/callback?session=[redacted]");
  });

  it("redirects of the token endpoint are not followed, to itself or elsewhere", async () => {
    for (const failure of ["token-redirect", "token-redirect-elsewhere"] as const) {
      emulator.clearRequests();
      emulator.failNext(failure);
      const asking = sessionAt(emulator, { callbackUri: CALLBACK });
      expect(await errorOf(() => asking.fetchRequestToken())).toMatchObject({ status: 307 });
      expect(emulator.requests).toHaveLength(1);
    }
  });

  it("no answer at all", async () => {
    server.begin(() => "cut");
    const error = await errorOf(() =>
      session().fetchRequestToken({ url: `${server.origin}/token` }),
    );
    expect(error).toMatchObject({ code: "NETWORK_ERROR" });
    const nobody = await errorOf(() =>
      session().fetchRequestToken({ url: "http://127.0.0.1:9/token" }),
    );
    expect(nobody).toMatchObject({ code: "NETWORK_ERROR" });
  });

  it("an aborted one", async () => {
    const asking = session();
    const error = await errorOf(() =>
      asking.fetchRequestToken({ url: `${server.origin}/token`, signal: AbortSignal.abort() }),
    );
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(server.requests).toHaveLength(0);
  });
});
