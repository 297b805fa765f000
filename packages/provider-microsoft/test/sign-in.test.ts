import { describe, expect, it } from "@jest/globals";
import { microsoftForEach } from "./support/client.ts";
import { CONSUMERS, OID, OTHER_TENANT, SUB, TENANT } from "./support/microsoft-server.ts";

const microsoft = microsoftForEach();
const { clientOf, signIn } = microsoft;

it("signs a user in, calls Microsoft Graph, and refreshes", async () => {
  const session = clientOf().session(await signIn(clientOf()));
  expect(session.token.claims).toMatchObject({ tid: TENANT, oid: OID, sub: SUB });
  microsoft.clock.advance(3_600_000);
  const { data } = await session.get("/me");
  expect(data).toMatchObject({ id: OID });
  expect(microsoft.server.tokenForms.map((form) => form["grant_type"])).toEqual([
    "authorization_code",
    "refresh_token",
  ]);
});

it("gives the profile of the ID token, without a request", async () => {
  microsoft.server.claims = { email: "ada@contoso.example" };
  const client = clientOf();
  const token = await signIn(client);
  const count = microsoft.server.requests.length;
  await expect(client.profile(token)).resolves.toMatchObject({
    id: SUB,
    name: "Ada Lovelace",
    email: "ada@contoso.example",
  });
  expect(microsoft.server.requests).toHaveLength(count);
});

it("gives the profile of Microsoft Graph for a token without an ID token, if the id is oid", async () => {
  const client = clientOf({ profileId: "oid" });
  const token = await signIn(client, ["User.Read"]);
  expect(token.claims).toBeUndefined();
  await expect(client.profile(token)).resolves.toMatchObject({ id: OID, name: "Ada Lovelace" });
  await expect(clientOf().profile(token)).rejects.toThrow(/ask for the scope openid/);
});

it("reports no change of the scope when Microsoft leaves out offline_access", async () => {
  const token = await signIn(clientOf({ strictScope: true }));
  expect(token.scope).toContain("offline_access");
  expect(token.scopeChange).toBeUndefined();
});

it("sends Microsoft's own options", async () => {
  const request = await clientOf().authorizationRequest({
    prompt: "select_account",
    loginHint: "ada@contoso.example",
    domainHint: "contoso.example",
    claims: { id_token: { auth_time: { essential: true } } },
  });
  const query = Object.fromEntries(new URL(request.url).searchParams);
  expect(query).toMatchObject({
    prompt: "select_account",
    login_hint: "ada@contoso.example",
    domain_hint: "contoso.example",
    claims: '{"id_token":{"auth_time":{"essential":true}}}',
  });
});

describe("the customers of a company", () => {
  it("sign in with External ID, whose issuer is on another host than its pages", async () => {
    const issuer = `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`;
    microsoft.server.claims = { iss: issuer };
    const tenant = { externalId: "contoso", tenantId: TENANT };
    const endpoints = { ...microsoft.server.endpointsOf(TENANT), issuer };
    const token = await signIn(clientOf({ tenant, endpoints }));
    expect(token.claims).toMatchObject({ iss: issuer });
    // The issuer of a workforce tenant with the same ID is another one.
    microsoft.server.claims = {};
    await expect(signIn(clientOf({ tenant, endpoints }))).rejects.toMatchObject({
      details: { claim: "iss" },
    });
  });

  it("sign in with B2C, and get an access token for the app itself", async () => {
    const issuer = `https://contoso.b2clogin.com/${TENANT}/v2.0/`;
    microsoft.server.claims = { iss: issuer, emails: ["ada@example.com"] };
    const tenant = { b2c: "contoso", policy: "B2C_1_signin", tenantId: TENANT };
    const { deviceAuthorization: _none, ...own } = microsoft.server.endpointsOf(TENANT);
    const client = clientOf({ tenant, endpoints: { ...own, issuer } });
    const token = await signIn(client);
    expect(token.scope).toContain(microsoft.server.clientId);
    expect(await client.profile(token)).toMatchObject({ id: SUB, email: "ada@example.com" });
  });
});

describe("an ID token", () => {
  const iss = (tid: string) => `${microsoft.server.origin}/${tid}/v2.0`;

  it.each([
    ["names another tenant in iss than in tid", () => ({ iss: iss(OTHER_TENANT) })],
    ["is of another host", () => ({ iss: `https://evil.example/${TENANT}/v2.0` })],
    ["has no tid", () => ({ tid: undefined, iss: iss(TENANT) })],
  ])("is refused if it %s", async (_name, claims) => {
    microsoft.server.claims = claims();
    await expect(signIn(clientOf())).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("is refused if it is of none of the tenants that are named", async () => {
    const client = clientOf({ tenants: [TENANT] });
    await expect(signIn(client)).resolves.toMatchObject({ claims: { tid: TENANT } });
    microsoft.server.claims = { tid: OTHER_TENANT };
    await expect(signIn(client)).rejects.toMatchObject({ details: { claim: "iss" } });
  });

  it("of a personal account is refused by a client for organizations", async () => {
    const client = clientOf({ tenant: "organizations" });
    await expect(client.verifyIdToken(microsoft.server.idToken())).resolves.toMatchObject({
      tid: TENANT,
    });
    await expect(
      client.verifyIdToken(microsoft.server.idToken({ tid: CONSUMERS })),
    ).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("of another app is refused", async () => {
    const foreign = microsoft.server.idToken({ aud: "another-app" });
    await expect(clientOf().verifyIdToken(foreign)).rejects.toMatchObject({
      details: { claim: "aud" },
    });
  });
});

it("gets a token for the app itself", async () => {
  const client = clientOf();
  const scope = ["https://graph.microsoft.com/.default"];
  await expect(client.clientCredentialsSession({ scope }).get("/me")).resolves.toHaveProperty(
    "data",
  );
  await expect(client.fetchClientCredentialsToken({ scope: ["User.Read"] })).rejects.toMatchObject({
    code: "INVALID_SCOPE",
    details: { aadsts: 1_002_012, traceId: "trace-1", correlationId: "correlation-1" },
  });
});

it("builds the URL at which a user signs out of Microsoft", async () => {
  microsoft.server.claims = { login_hint: "opaque-hint" };
  const token = await signIn(clientOf());
  const url = new URL(
    clientOf().logoutUrl({
      postLogoutRedirectUri: "https://app.example.com/bye",
      logoutHint: token.claims?.["login_hint"] as string,
    }),
  );
  expect(url.href).toContain(`${microsoft.server.origin}/common/oauth2/v2.0/logout?`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    post_logout_redirect_uri: "https://app.example.com/bye",
    logout_hint: "opaque-hint",
  });
});

it("forgets the token when a session is revoked: Microsoft revokes no token of one app", async () => {
  const session = clientOf().session(await signIn(clientOf()));
  await expect(session.revoke()).resolves.toMatchObject({ atProvider: false });
  expect(session.authorized).toBe(false);
});
