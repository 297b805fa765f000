import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type OAuth2Client,
  type OAuth2ClientOptions,
  type OAuthError,
  Token,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";
import { hurry } from "./support/hurry.ts";

const KEY = signingKey("ES256", "first");
const JSON_TYPE = { "content-type": "application/json" };
/** A token that came without an ID token. */
const PLAIN = Token.from({ accessToken: CANARY.accessToken });

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterEach(() => provider.close());

const ways = (
  options: Partial<OAuth2ClientOptions> = {},
): [string, (token?: Token) => Promise<unknown>][] => {
  const client: OAuth2Client = provider.client(
    { idToken: { algorithms: ["ES256"] } },
    { retries: false, ...options },
  );
  return [
    ["client.userInfo()", (token = PLAIN) => client.userInfo(token)],
    ["client.profile()", (token = PLAIN) => client.profile(token)],
    ["session.userInfo()", (token = PLAIN) => client.session(token).userInfo()],
  ];
};

describe("user info whose response breaks off is an OAuthError", () => {
  it.each([
    ["by the platform's fetch", {}],
    ["by axios", { http: {} }],
  ])("of the network, where it is read %s", async (_name, options) => {
    provider.answers.set("/userinfo", (_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-length": "100" });
      response.write('{"sub"', () => response.destroy());
      return undefined;
    });
    for (const [name, ask] of ways(options)) {
      const error = await rejectionOf(ask());
      expect([name, error]).toMatchObject([name, { code: "NETWORK_ERROR", retryable: true }]);
    }
  });

  it.each([
    ["by the platform's fetch", {}],
    ["by axios", { http: {} }],
  ])("of the network, where it cannot be unpacked %s", async (_name, options) => {
    provider.answers.set("/userinfo", () => ({
      headers: { ...JSON_TYPE, "content-encoding": "gzip" },
      body: "not gzip",
    }));
    for (const [name, ask] of ways(options)) {
      const error = await rejectionOf(ask());
      expect([name, error]).toMatchObject([name, { code: "NETWORK_ERROR" }]);
    }
  });

  it.each([
    ["by the platform's fetch", {}],
    ["by axios", { http: {} }],
  ])("of the time limit, where its end never comes, %s", async (_name, options) => {
    provider.answers.set("/userinfo", (_request, response) => {
      response.writeHead(200, JSON_TYPE);
      response.write('{"sub"');
      return undefined;
    });
    for (const [name, ask] of ways(options)) {
      const error = await rejectionOf(hurry(provider.clock, ask(), 60_000));
      expect([name, error]).toMatchObject([name, { code: "TIMEOUT", retryable: true }]);
    }
  });
});

describe("user info of an OpenID provider is refused without an ID token to compare it with", () => {
  it.each([7, null, "", ["x"], true])("when its sub is %j (Core §5.3.2)", async (sub) => {
    provider.answers.set("/userinfo", () => ({ body: { sub, email: CANARY.userData } }));
    for (const [name, ask] of ways()) {
      const error = await rejectionOf(ask());
      expect([name, error]).toMatchObject([name, { code: "USER_INFO_INVALID" }]);
      expect((error as OAuthError).message).toMatch(/no sub|sub is not a text/);
    }
  });
});

describe("the words of a refusal of user info are kept", () => {
  it.each<[string, unknown, Record<string, unknown>]>([
    [
      "an error object with status 200",
      { error: { code: 190, message: "session expired" } },
      { error: "190", errorDescription: "session expired" },
    ],
    ["a list of errors", { errors: [{ message: "try later" }] }, { errorDescription: "try later" }],
    ["a message", { code: 5, message: "no such user" }, { errorDescription: "no such user" }],
  ])("in %s", async (_name, body, told) => {
    provider.answers.set("/userinfo", () => ({ body }));
    for (const [name, ask] of ways()) {
      const error = await rejectionOf(ask());
      expect([name, error]).toMatchObject([name, { code: "USER_INFO_INVALID", ...told }]);
      expect((error as OAuthError).details).toBeDefined();
    }
  });

  it("in the challenge of a response without a body (RFC 6750 §3)", async () => {
    const challenge = `Bearer realm="api", error="insufficient_scope", error_description="needs ${CANARY.accessToken}", scope="profile"`;
    provider.answers.set("/userinfo", () => ({
      status: 403,
      headers: { "www-authenticate": challenge },
    }));
    for (const [name, ask] of ways()) {
      const error = await rejectionOf(ask());
      const told = { code: "API_REQUEST_FAILED", error: "insufficient_scope", status: 403 };
      expect([name, error]).toMatchObject([name, told]);
    }
  });
});
