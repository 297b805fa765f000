import { describe, expect, it } from "@jest/globals";
import {
  claimsChallenge,
  type ClaimsChallenge,
  type IdTokenClaims,
  isOAuthError,
  MicrosoftClient,
  Token,
} from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";
import { OTHER_TENANT } from "./support/accounts.ts";

const microsoft = microsoftForEach();

const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1603742245"}}}';
const base64 = Buffer.from(CLAIMS).toString("base64");
const headerOf = (uri: string, claims = base64) =>
  `Bearer realm="", authorization_uri="${uri}", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="${claims}"`;

/** A session whose API answers the next requests with a challenge. */
async function challenged(header: string, { status = 401, times = 1 } = {}) {
  const client = microsoft.clientOf();
  const token = await microsoft.signIn(client);
  const session = client.session(token);
  const body = { error: { code: "InvalidAuthenticationToken", message: "Continuous access …" } };
  const headers = { "www-authenticate": header };
  microsoft.server.failNext({ path: "/v1.0/me", status, headers, body }, times);
  return { client, token, session };
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const uriOf = (tenant: string) => `${microsoft.server.origin}/${tenant}/oauth2/authorize`;

it("reads the challenge of Microsoft Graph from the error and from the response of fetch", async () => {
  const client = microsoft.clientOf({ continuousAccess: true });
  const session = client.session(await microsoft.signIn(client));
  microsoft.server.configure({ claimsChallenge: true });
  const value = String(Math.floor(microsoft.clock.now() / 1000));
  const expected = {
    claims: JSON.stringify({ access_token: { nbf: { essential: true, value } } }),
    authorizationUri: microsoft.server.endpoints.authorization,
  };
  expect(claimsChallenge(await thrownBy(session.get("/me")))).toEqual(expected);
  expect(claimsChallenge(await session.fetch("/me"))).toEqual(expected);
  // The refresh token is as good as the access token was: neither is spent on it.
  expect(microsoft.tokenForms).toHaveLength(1);
});

it("ends when the user has signed in again with the claims", async () => {
  const client = microsoft.clientOf({ continuousAccess: true });
  const session = client.session(await microsoft.signIn(client));
  microsoft.server.configure({ claimsChallenge: true });
  const challenge = claimsChallenge(await thrownBy(session.get("/me"))) as ClaimsChallenge;
  const request = await client.challengeRequest(challenge, { token: session.token });
  const token = await client.fetchToken(await microsoft.server.authorize(request.url), request);
  await expect(client.session(token).get("/me")).resolves.toMatchObject({ status: 200 });
});

it("finds it behind a challenge of another scheme and in base64url", async () => {
  const url = Buffer.from('{"id_token":{"x":{"value":"ÿÿ>>"}}}').toString("base64url");
  const { session } = await challenged(
    `PoP nonce="n", Bearer error="invalid_token", ${headerOf(uriOf("common"), url)}`,
    // invalid_token has the session try again with a new token.
    { times: 2 },
  );
  expect(claimsChallenge(await thrownBy(session.get("/me")))).toMatchObject({
    claims: '{"id_token":{"x":{"value":"ÿÿ>>"}}}',
  });
});

it("is no challenge: another status, another error, another kind of value", async () => {
  const { session } = await challenged(headerOf(uriOf("common")), { status: 403 });
  expect(claimsChallenge(await thrownBy(session.get("/me")))).toBeUndefined();
  const { session: other } = await challenged('Bearer error="insufficient_scope"');
  expect(claimsChallenge(await thrownBy(other.get("/me")))).toBeUndefined();
  for (const value of [undefined, null, "x", {}, new Error("x"), new Response()]) {
    expect(claimsChallenge(value)).toBeUndefined();
  }
});

it.each([
  ["no base64", "%%%"],
  ["no JSON", Buffer.from("x").toString("base64")],
  ["a list", Buffer.from("[]").toString("base64")],
  ["a text for a token", Buffer.from('{"access_token":"x"}').toString("base64")],
  ["nothing", ""],
  ["too much", "A".repeat(9000)],
])("refuses claims that are %s", async (_name, claims) => {
  const { session } = await challenged(headerOf(uriOf("common"), claims));
  const error = await thrownBy(session.get("/me"));
  expect(() => claimsChallenge(error)).toThrow(/claims challenge cannot be read/);
});

describe("the sign-in that a challenge asks for", () => {
  it.each(["common", () => microsoft.server.tenantId])(
    "has its claims and the user, for the tenant %s",
    async (tenant) => {
      const uri = uriOf(typeof tenant === "string" ? tenant : tenant());
      const { client, token, session } = await challenged(headerOf(uri));
      const challenge = claimsChallenge(await thrownBy(session.get("/me"))) as ClaimsChallenge;
      // The optional claim login_hint, which the emulator's ID tokens do not have.
      const claims = { ...(token.claims as IdTokenClaims), login_hint: "opaque-hint" };
      const request = await client.challengeRequest(challenge, {
        token: Token.from({ ...token.toJSON(), claims }),
        scope: ["openid"],
      });
      expect(Object.fromEntries(new URL(request.url).searchParams)).toMatchObject({
        claims: CLAIMS,
        login_hint: "opaque-hint",
        scope: "openid",
        state: request.state,
      });
    },
  );

  it("reads a stored token, whose user name is the hint without another", async () => {
    const { client, token } = await challenged(headerOf(uriOf("common")));
    const stored = JSON.parse(JSON.stringify(token)) as { accessToken: string };
    const request = await client.challengeRequest({ claims: CLAIMS }, { token: stored });
    expect(new URL(request.url).searchParams.get("login_hint")).toBe("ada@contoso.example");
  });

  it.each<[string, unknown]>([
    ["no challenge", undefined],
    ["null", null],
    ["a challenge without claims", {}],
    ["claims that are no JSON", { claims: "garbage" }],
    ["claims that are no object", { claims: "null" }],
  ])("is refused for %s", async (_name, challenge) => {
    const { token } = await challenged("");
    for (const continuousAccess of [true, false]) {
      const client = microsoft.clientOf({ continuousAccess });
      const asked = client.challengeRequest(challenge as ClaimsChallenge, { token });
      expect(await thrownBy(asked)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
  });

  it("needs the token that was refused", async () => {
    const asked = microsoft.clientOf().challengeRequest({ claims: CLAIMS }, undefined as never);
    expect(await thrownBy(asked)).toMatchObject({ code: "TOKEN_INVALID" });
  });

  it.each<[string, () => string]>([
    ["another tenant", () => uriOf(OTHER_TENANT)],
    ["another tenant's name", () => uriOf("fabrikam.onmicrosoft.com")],
    ["another host", () => "https://evil.example/common/oauth2/authorize"],
    ["no URL", () => "common"],
  ])("is refused for a challenge of %s, and nothing is made of it", async (_name, uri) => {
    const { client, token } = await challenged("");
    const count = microsoft.server.requests.length;
    const asked = client.challengeRequest({ claims: CLAIMS, authorizationUri: uri() }, { token });
    const error = await thrownBy(asked);
    expect(error).toMatchObject({
      code: "ISSUER_MISMATCH",
      details: { field: "authorization_uri" },
    });
    expect(isOAuthError(error) && error.message).not.toContain("evil");
    expect(microsoft.server.requests).toHaveLength(count);
  });

  it("of a client for one tenant may be of that tenant alone", async () => {
    const tenant = microsoft.server.tenantId;
    const client = new MicrosoftClient({
      tenant,
      clientId: "id",
      redirectUri: "http://127.0.0.1/",
    });
    const token = { accessToken: "at" };
    const of = (id: string) => ({
      claims: CLAIMS,
      authorizationUri: `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize`,
    });
    await expect(client.challengeRequest(of(tenant), { token })).resolves.toHaveProperty("url");
    await expect(client.challengeRequest(of(OTHER_TENANT), { token })).rejects.toMatchObject({
      code: "ISSUER_MISMATCH",
    });
  });
});

describe("continuous access", () => {
  it("is announced in every request for a token, beside other claims", async () => {
    const client = microsoft.clientOf({ continuousAccess: true });
    const request = await client.authorizationRequest({ claims: CLAIMS });
    const announced = { xms_cc: { values: ["cp1"] } };
    expect(JSON.parse(new URL(request.url).searchParams.get("claims") ?? "")).toEqual({
      access_token: { nbf: { essential: true, value: "1603742245" }, ...announced },
    });
    const token = await client.fetchToken(await microsoft.server.authorize(request.url), request);
    await client.refreshToken(token);
    const forms = microsoft.tokenForms.map(({ claims }) => JSON.parse(String(claims)) as object);
    expect(forms).toEqual([{ access_token: announced }, { access_token: announced }]);
  });

  it("is not announced unless the app wants it", async () => {
    const client = microsoft.clientOf();
    const token = await microsoft.signIn(client);
    await client.refreshToken(token);
    expect(microsoft.tokenForms.every((form) => !("claims" in form))).toBe(true);
  });

  it("keeps the token when a refresh is refused with a challenge", async () => {
    const client = microsoft.clientOf();
    const session = client.session(await microsoft.signIn(client));
    microsoft.server.failNext("token-mfa-required");
    const error = await thrownBy(session.refresh());
    expect(error).toMatchObject({ code: "INTERACTION_REQUIRED" });
    expect(claimsChallenge(error)?.claims).toContain("capolids");
    expect(session.authorized).toBe(true);
  });
});
