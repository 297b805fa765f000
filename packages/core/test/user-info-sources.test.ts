import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { ProviderDefinition } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FaultyProvider, signingKey, SUBJECT } from "./support/faulty-provider.ts";

let provider: FaultyProvider;
beforeAll(async () => {
  provider = await FaultyProvider.start(signingKey("RS256", "first"));
});
beforeEach(() => {
  provider.tokenFields = {};
  provider.server.requests.length = 0;
});
afterAll(() => provider.close());

/** A provider without a user info endpoint. */
const client = (definition: Partial<ProviderDefinition> = {}, options: object = {}) => {
  const { issuer } = provider;
  const endpoints = {
    authorization: `${issuer}/authorize`,
    token: `${issuer}/token`,
    jwks: `${issuer}/jwks`,
  };
  return provider.client({ endpoints, ...definition }, options);
};

async function signedIn(by = client(), claims: object = {}) {
  const request = await by.authorizationRequest();
  return by.fetchToken(provider.callbackFor(request, { claims: { ...claims } }), request);
}

describe("user info of a provider without an endpoint and a function for it (Apple)", () => {
  it("is what the verified ID token says, and nothing is sent for it", async () => {
    const by = client();
    const token = await signedIn(by, { email: "ada@example.com", email_verified: true });
    provider.server.requests.length = 0;
    expect(await by.userInfo(token)).toMatchObject({ sub: SUBJECT, email: "ada@example.com" });
    expect(await by.session(token).profile()).toMatchObject({
      id: SUBJECT,
      email: "ada@example.com",
      emailVerified: true,
    });
    expect(provider.server.requests).toEqual([]);
  });

  it("is read from a stored token too, expired or not", async () => {
    const by = client();
    const stored = JSON.parse(JSON.stringify(await signedIn(by))) as never;
    provider.clock.advance(2 * 3600_000);
    expect(await by.profile(stored)).toMatchObject({ id: SUBJECT });
  });

  it("is missing for a token without claims, and the error says what to ask for", async () => {
    const error = (await rejectionOf(client().userInfo({ accessToken: "at-1" }))) as Error;
    expect(error).toMatchObject({ code: "USER_INFO_INVALID" });
    expect(error.message).toMatch(/no verified claims.*openid/);
  });

  it("is a mistake of the definition where ID tokens are not verified", async () => {
    const claims = { iss: provider.issuer, sub: "1", aud: "client", exp: 1, iat: 1 };
    for (const by of [client({ idToken: false }), client({ issuer: undefined as never })]) {
      await expect(by.userInfo({ accessToken: "at-1", claims })).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
  });

  it("does not come from a session that has ended", async () => {
    const by = client();
    const session = by.session(await signedIn(by));
    await session.revoke();
    await expect(session.userInfo()).rejects.toMatchObject({ code: "SESSION_ENDED" });
  });
});

describe("the userInfo function of a definition", () => {
  it("reads the token response (Notion, Slack) and the verified claims, and need not ask the API", async () => {
    provider.tokenFields = { owner: { user: { id: "u-1", name: "Ada" } } };
    const by = client({
      userInfo: (_api, { token, claims, callback }) => {
        const { user } = token.raw["owner"] as { user: object };
        return Promise.resolve({ ...user, sub: claims?.sub, given: Object.keys(callback) });
      },
    });
    const token = await signedIn(by);
    expect(await by.userInfo(token)).toEqual({
      id: "u-1",
      name: "Ada",
      sub: SUBJECT,
      given: [],
    });
  });

  it("gets the kept parameters of the callback by the names that the definition lists, and no other field", async () => {
    const user = JSON.stringify({ name: { firstName: "Ada" } });
    const by = client({
      callbackParameters: ["user", { name: "device_id", tokenRequest: true }],
      userInfo: (_api, { callback }) => Promise.resolve({ id: "1", ...callback }),
    });
    // As a sign-in keeps them: flat among the fields of the token response.
    const token = { accessToken: "at-1", raw: { user, device_id: "d-1", team: "t-1" } };
    expect(await by.userInfo(token)).toEqual({ id: "1", user, device_id: "d-1" });
    const odd = { accessToken: "at-1", raw: { user: { is: "an object" } } };
    expect(await by.userInfo(odd)).toEqual({ id: "1" });
  });

  it("cannot name another user than the ID token", async () => {
    const by = client({
      callbackParameters: ["user"],
      userInfo: (_api, { callback }) =>
        Promise.resolve({ ...(JSON.parse(callback["user"] ?? "") as object) }),
    });
    const { claims } = await signedIn(by);
    const forged = { accessToken: "at-1", claims, raw: { user: '{"sub":"somebody else"}' } };
    await expect(by.userInfo(forged as never)).rejects.toMatchObject({ code: "SUBJECT_MISMATCH" });
  });

  it("gets undefined as the claims of a token without a verified ID token", async () => {
    const example = await ExampleProvider.start();
    const by = example.client(
      {},
      { userInfo: (_api, { claims }) => Promise.resolve({ id: String(claims) }) },
    );
    expect(await by.userInfo({ accessToken: CANARY.accessToken })).toEqual({ id: "undefined" });
    await example.close();
  });
});
