import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { isOAuthError, OAuth2Client, type ProviderDefinition, type Token } from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signature,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "first");
const OTHER = signingKey("RS256", "first");

let provider: FaultyProvider;
let token: Token;
beforeAll(async () => {
  provider = await FaultyProvider.start(KEY);
  const client = provider.client();
  token = await provider.signIn(client);
});
afterEach(() => provider.answers.clear());
afterAll(() => provider.close());

const client = (definition: Partial<ProviderDefinition> = {}, options: object = {}) =>
  provider.client(definition, options);

/** Answers with a JWT of the ID token's making, whose registered claims user info need not have. */
function answer(fault: IdTokenFault, type = "application/jwt"): void {
  const claims = { exp: undefined, iat: undefined, nonce: undefined, ...fault.claims };
  const body = provider.idToken({ ...fault, claims });
  provider.answers.set("/userinfo", () => ({ headers: { "content-type": type }, body }));
}

async function refusal(by = client()): Promise<Error> {
  const error = await rejectionOf(by.userInfo(token));
  if (!isOAuthError(error)) throw error;
  expectNoCanary(error);
  return error;
}

describe("signed user info (OpenID Connect Core §5.3.2)", () => {
  it.each([{}, { http: {} }])("is verified with the provider's keys: %j", async (options) => {
    answer({ claims: { email: "ada@example.com" } }, "application/jwt; charset=utf-8");
    expect(await client({}, options).userInfo(token)).toMatchObject({
      sub: SUBJECT,
      email: "ada@example.com",
    });
    expect(await client({}, options).profile(token)).toMatchObject({ email: "ada@example.com" });
  });

  it("may lack iss and aud, which the specification only recommends", async () => {
    answer({ claims: { iss: undefined, aud: undefined } });
    expect(await client().userInfo(token)).toMatchObject({ sub: SUBJECT });
  });

  it("is verified for a userInfo function too", async () => {
    answer({ claims: { name: "Ada" } });
    const by = client({
      userInfo: (api) => api.get(`${provider.issuer}/userinfo`),
    });
    expect(await by.userInfo(token)).toMatchObject({ name: "Ada" });
    answer({ sign: () => Buffer.from("forged") });
    expect(await refusal(by)).toMatchObject({ code: "USER_INFO_INVALID" });
  });

  it.each<[string, IdTokenFault, string, string]>([
    [
      "by another key",
      { sign: (input) => signature("RS256", OTHER.privateKey, input) },
      "USER_INFO_INVALID",
      "signature",
    ],
    [
      "not at all",
      { header: { alg: "none", kid: undefined }, sign: () => Buffer.of() },
      "USER_INFO_INVALID",
      "alg",
    ],
    [
      "with an algorithm that is not the ID token's",
      { header: { alg: "PS256" }, sign: (input) => signature("PS256", KEY.privateKey, input) },
      "USER_INFO_INVALID",
      "alg",
    ],
    [
      "with a key that the provider does not publish",
      { header: { kid: "unknown" } },
      "KEY_SELECTION_FAILED",
      "kid",
    ],
    [
      "by another issuer",
      { claims: { iss: "https://other.example.com" } },
      "USER_INFO_INVALID",
      "iss",
    ],
    ["for another client", { claims: { aud: "another" } }, "USER_INFO_INVALID", "aud"],
    ["for a list of other clients", { claims: { aud: ["another"] } }, "USER_INFO_INVALID", "aud"],
    ["and expired", { claims: { exp: 1 } }, "USER_INFO_INVALID", "exp"],
    ["without sub", { claims: { sub: undefined } }, "USER_INFO_INVALID", "sub"],
    ["as an access token", { header: { typ: "at+jwt" } }, "USER_INFO_INVALID", "typ"],
    ["as a logout token", { claims: { events: {} } }, "USER_INFO_INVALID", "events"],
    ["as an ID token", { claims: { nonce: "of-another" } }, "USER_INFO_INVALID", "nonce"],
    ["as a later ID token", { claims: { at_hash: "x" } }, "USER_INFO_INVALID", "at_hash"],
  ])("that is signed %s is refused", async (_name, fault, code, claim) => {
    answer(fault);
    const error = await refusal();
    expect(error).toMatchObject({ code, details: { claim } });
    expect(error.message).toContain("signed user info");
  });

  it("may be signed with the client secret, where ID tokens are", async () => {
    const secret = `${CANARY.clientSecret}-of-32-bytes`;
    const sign = (input: string) => signature("HS256", secret, input);
    answer({ header: { alg: "HS256", kid: undefined }, sign });
    const bySecret = client({ idToken: { algorithms: ["HS256"] } }, { clientSecret: secret });
    expect(await bySecret.userInfo(token)).toMatchObject({ sub: SUBJECT });
    expect(await refusal(client())).toMatchObject({ details: { claim: "alg" } });
    answer({ header: { alg: "HS256", kid: undefined }, sign: () => Buffer.from("forged") });
    expect(await refusal(bySecret)).toMatchObject({ details: { claim: "signature" } });
  });

  it("of many tenants must be of the tenant that it names", async () => {
    const template = `${provider.issuer}/{tid}`;
    const tenants = client({ issuer: { template } });
    const of = (tid: string) => ({ iss: `${provider.issuer}/${tid}`, tid });
    const theirs = await provider.signIn(tenants, { claims: of("t-1") });
    answer({ claims: of("t-1") });
    expect(await tenants.userInfo(theirs)).toMatchObject({ tid: "t-1" });
    answer({ claims: { ...of("t-1"), tid: "t-2" } });
    expect(await refusal(tenants)).toMatchObject({ details: { claim: "iss" } });
    // The same sub may be another user at another tenant.
    answer({ claims: of("t-2") });
    expect(await rejectionOf(tenants.userInfo(theirs))).toMatchObject({
      code: "SUBJECT_MISMATCH",
      details: { claim: "iss" },
    });
  });

  it("about another user than the ID token's is refused", async () => {
    answer({ claims: { sub: "somebody else" } });
    expect(await refusal()).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });

  it("that is encrypted is refused with a sentence", async () => {
    const part = Buffer.from("part").toString("base64url");
    const body = [
      Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString("base64url"),
      part,
      part,
      part,
      part,
    ].join(".");
    provider.answers.set("/userinfo", () => ({
      headers: { "content-type": "application/jwt" },
      body,
    }));
    const error = await refusal();
    expect(error).toMatchObject({ code: "USER_INFO_INVALID" });
    expect(error.message).toMatch(/encrypted.*userinfo_encrypted_response_alg/);
  });

  it("that is no JWT, or is longer than 64 KB, is refused", async () => {
    for (const body of ["hello", "a.b", `${"x".repeat(70_000)}.y.z`]) {
      provider.answers.set("/userinfo", () => ({
        headers: { "content-type": "application/jwt" },
        body,
      }));
      expect(await refusal()).toMatchObject({
        code: "USER_INFO_INVALID",
        details: { claim: "jwt" },
      });
    }
  });

  it("of a provider whose ID tokens are not verified is refused with a sentence", async () => {
    answer({});
    const error = await refusal(client({ idToken: false, defaultScope: [] }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(/signed user info[^]*issuer and endpoints\.jwks/);
  });

  it("says that the provider's keys cannot be fetched", async () => {
    const other = await FaultyProvider.start(KEY);
    other.keySetAnswer = () => ({ status: 404 });
    const body = other.idToken();
    other.answers.set("/userinfo", () => ({
      headers: { "content-type": "application/jwt" },
      body,
    }));
    const error = await rejectionOf(other.client({}, { retries: false }).userInfo(token));
    expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE", retryable: true });
    await other.close();
  });
});

describe("oidc-provider that signs user info", () => {
  it("gives a profile that was verified", async () => {
    const server = await AuthorizationServer.start(
      [
        {
          client_id: "client",
          client_secret: "secret-of-the-client-0001",
          userinfo_signed_response_alg: "RS256",
        },
      ],
      { features: { jwtUserinfo: { enabled: true } } },
    );
    try {
      const by = await OAuth2Client.discover(server.issuer, {
        clientId: "client",
        clientSecret: "secret-of-the-client-0001",
        redirectUri: "https://app.example.com/callback",
        provider: { defaultScope: ["openid", "email"] },
      });
      const request = await by.authorizationRequest();
      const callback = await server.visit(request.url, "ada");
      const profile = await by.profile(await by.fetchToken(callback, request));
      expect(profile).toMatchObject({ id: "ada", email: "ada@example.com", emailVerified: true });
      expect(profile.raw["iss"]).toBe(server.issuer);
    } finally {
      await server.close();
    }
  });
});
