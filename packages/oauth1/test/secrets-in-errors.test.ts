import { describe, expect, it } from "@jest/globals";
import { OAuth1Session, type OAuth1SessionOptions, OAuthError } from "@grantkit/oauth1";
import { CANARY } from "./support/canaries.ts";
import { PRIVATE_PEM } from "./support/keys.ts";
import { leaksOf } from "./support/leaks.ts";
import { checkEveryError } from "./support/no-canary-in-errors.ts";
import { type Answer, RecordingServer } from "./support/recording-server.ts";

const server = await RecordingServer.startForFile();

const TOKEN = {
  key: CANARY.token,
  secret: CANARY.tokenSecret,
  sessionHandle: CANARY.sessionHandle,
};

const session = (options: Partial<OAuth1SessionOptions> = {}): OAuth1Session =>
  new OAuth1Session({
    clientKey: "my-app",
    clientSecret: CANARY.clientSecret,
    retries: false,
    timeout: 2000,
    ...options,
  });

const leak = async (work: () => unknown): Promise<string[]> => {
  try {
    await work();
  } catch (error) {
    return leaksOf(error);
  }
  throw new Error("nothing was thrown");
};

/** Answers of a server that repeats secrets. */
const FAILURES: [string, (secrets: string) => Answer | "cut"][] = [
  [
    "a plain text",
    (secrets) => ({ status: 400, headers: { "content-type": "text/plain" }, body: secrets }),
  ],
  [
    "a problem",
    (secrets) => ({
      status: 401,
      body: new URLSearchParams({
        oauth_problem: secrets,
        oauth_problem_advice: secrets,
      }).toString(),
    }),
  ],
  [
    "JSON",
    (secrets) => ({
      status: 500,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ errors: [{ code: secrets, message: encodeURIComponent(secrets) }] }),
    }),
  ],
  [
    "a header",
    (secrets) => ({
      status: 401,
      headers: { "www-authenticate": `OAuth realm="${secrets}", oauth_problem="${secrets}"` },
    }),
  ],
  [
    "a redirect",
    (secrets) => ({
      status: 302,
      headers: { location: `ftp://x/?${encodeURIComponent(secrets)}` },
    }),
  ],
  ["a page in the place of a token", (secrets) => ({ body: secrets })],
  ["half a token", (secrets) => ({ body: `oauth_token=${encodeURIComponent(secrets)}` })],
  ["a cut connection", () => "cut"],
];

const { sessionHandle: _handle, ...REQUEST_TOKEN } = TOKEN;
const { clientSecret, token, tokenSecret, verifier, password, sessionHandle } = CANARY;

type Step = (options: Partial<OAuth1SessionOptions>, url: string) => Promise<unknown>;

/** Each step, and the secrets that it uses. */
const STEPS: [string, string[], Step][] = [
  [
    "fetchRequestToken()",
    [clientSecret],
    (options, url) => session({ ...options, callbackUri: "oob" }).fetchRequestToken({ url }),
  ],
  [
    "fetchAccessToken()",
    [clientSecret, token, tokenSecret, verifier],
    (options, url) =>
      session({ ...options, requestToken: REQUEST_TOKEN, verifier }).fetchAccessToken({ url }),
  ],
  [
    "fetchXAuthToken()",
    [clientSecret, password],
    (options, url) => session(options).fetchXAuthToken({ username: "ada", password, url }),
  ],
  [
    "refresh()",
    [clientSecret, token, tokenSecret, sessionHandle],
    (options, url) => session({ ...options, token: TOKEN }).refresh({ url: url }),
  ],
];

describe.each(["header", "query", "body"] as const)("signed in the %s", (signatureType) => {
  for (const [step, secrets, run] of STEPS) {
    it.each(FAILURES)(`${step}: no secret is in the error for %s`, async (_, answer) => {
      server.begin(() => answer(secrets.join(" ")));
      expect(await leak(() => run({ signatureType }, `${server.origin}/x`))).toEqual([]);
      expect(server.requests).toHaveLength(1);
    });
  }

  it.each(FAILURES)("no secret is in the error of an API request for %s", async (_, answer) => {
    const secrets = [clientSecret, token, tokenSecret, sessionHandle];
    server.begin(() => answer(secrets.join(" ")));
    const form = new URLSearchParams({ a: "b" });
    const each = session({ signatureType, token: TOKEN });
    const error: unknown = await each.post(`${server.origin}/x`, form).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(leaksOf(error)).toEqual([]);
  });
});

it("no private key is in an error", async () => {
  server.begin(() => ({ status: 401 }));
  const rsa = {
    clientKey: "my-app",
    signatureMethod: "RSA-SHA256",
    privateKey: PRIVATE_PEM,
  } as const;
  const each = new OAuth1Session({ ...rsa, callbackUri: "oob" });
  expect(await leak(() => each.fetchRequestToken({ url: `${server.origin}/x` }))).toEqual([]);
  expect(await leak(() => each.get(`${server.origin}/x`))).toEqual([]);
  expect(await leak(() => each.get("http://example.com/"))).toEqual([]);
  for (const privateKey of [
    PRIVATE_PEM.slice(0, -200),
    PRIVATE_PEM.replace("MII", "MIJ"),
    ` ${PRIVATE_PEM} x`,
  ]) {
    await leak(() => new OAuth1Session({ ...rsa, privateKey }).get("http://example.com/")).then(
      (leaks) => expect(leaks).toEqual([]),
    );
  }
});

it("the check of every error finds a secret in any part of it", () => {
  for (const error of [
    new OAuthError("PROVIDER_ERROR", `the secret is ${CANARY.tokenSecret}`),
    new OAuthError("PROVIDER_ERROR", "no", { errorDescription: CANARY.password }),
    Object.assign(new OAuthError("PROVIDER_ERROR", "no"), { cause: { key: PRIVATE_PEM } }),
    new OAuthError("PROVIDER_ERROR", "no", { details: { a: encodeURIComponent(CANARY.verifier) } }),
  ]) {
    expect(leaksOf(error).length).toBeGreaterThan(0);
  }
  expect(() => checkEveryError()).toThrow("a secret is in an error");
});
