import { describe, expect, it } from "@jest/globals";
import { CONSUMERS } from "./support/accounts.ts";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const { clientOf, signIn } = microsoft;
/** The first user of the emulator. */
const OID = "00000000-0000-4000-8000-000000000001";

it("signs a user in, calls Microsoft Graph, and refreshes", async () => {
  const session = clientOf().session(await signIn(clientOf()));
  expect(session.token.claims).toMatchObject({ tid: microsoft.server.tenantId, oid: OID });
  microsoft.clock.advance(4_800_000);
  const { data } = await session.get("/me");
  expect(data).toMatchObject({ id: OID });
  expect(microsoft.tokenForms.map((form) => form["grant_type"])).toEqual([
    "authorization_code",
    "refresh_token",
  ]);
});

it("says which scope asks for a refresh token where the token has none", async () => {
  const session = clientOf().session(await signIn(clientOf(), ["openid", "User.Read"]));
  await expect(session.refresh()).rejects.toMatchObject({
    code: "REFRESH_TOKEN_MISSING",
    message: expect.stringMatching(/request the scope offline_access/),
  });
});

it("gives the profile of the ID token, without a request", async () => {
  const client = clientOf();
  const token = await signIn(client);
  const count = microsoft.server.requests.length;
  await expect(client.profile(token)).resolves.toMatchObject({
    id: token.claims?.sub,
    name: "Ada Lovelace",
    email: "ada@contoso.example",
    emailVerified: undefined,
  });
  expect(microsoft.server.requests).toHaveLength(count);
});

it("does not call an address verified that the administrator of another tenant has set", async () => {
  const token = await signIn(clientOf(), undefined, { user: "Mallory" });
  const { email, emailVerified } = await clientOf().profile(token);
  // Ada's.
  expect([email, emailVerified]).toEqual(["ada@contoso.example", undefined]);
});

it("calls an address verified if Microsoft knows the owner of its domain", async () => {
  microsoft.server.configure({ xmsEdov: true });
  const verified = async (user: string) => {
    const token = await signIn(clientOf(), undefined, { user });
    const { email, emailVerified } = await clientOf().profile(token);
    return [email, emailVerified];
  };
  expect(await verified("Ada Lovelace")).toEqual(["ada@contoso.example", true]);
  // The administrator of another tenant gave this user Ada's address.
  expect(await verified("Mallory")).toEqual(["ada@contoso.example", false]);
  microsoft.server.configure({ xmsEdov: false });
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

describe("an ID token", () => {
  it.each([
    ["wrong-issuer", "iss"],
    ["wrong-audience", "aud"],
    ["wrong-nonce", "nonce"],
    ["missing-nonce", "nonce"],
    ["wrong-at-hash", "at_hash"],
    ["forged-signature", "signature"],
  ] as const)("with the flaw %s is refused", async (idToken, claim) => {
    microsoft.server.configure({ idToken });
    await expect(signIn(clientOf())).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim },
    });
  });

  it("that the key of another issuer signed is refused", async () => {
    microsoft.server.configure({ signingKey: "of-another-issuer" });
    await expect(signIn(clientOf())).rejects.toMatchObject({ details: { claim: "iss" } });
    microsoft.server.configure({ signingKey: "own" });
  });

  it("is refused if it is of none of the tenants that are named", async () => {
    const { tenantId } = microsoft.server;
    const client = clientOf({ tenants: [tenantId] });
    await expect(signIn(client)).resolves.toMatchObject({ claims: { tid: tenantId } });
    await expect(signIn(client, undefined, { user: "Mallory" })).rejects.toMatchObject({
      details: { claim: "iss" },
    });
  });

  it("of a personal account is refused by a client for organizations", async () => {
    const token = await signIn(clientOf(), undefined, { user: "Grace Hopper" });
    expect(token.claims).toMatchObject({ tid: CONSUMERS });
    const client = clientOf({ tenant: "organizations" });
    await expect(client.verifyIdToken(token.idToken ?? "")).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
    const ofCompany = await signIn(clientOf());
    await expect(client.verifyIdToken(ofCompany.idToken ?? "")).resolves.toMatchObject({
      oid: OID,
    });
  });

  it("of a personal account is accepted by a client for consumers, and no organization's is", async () => {
    const tenant = "consumers";
    const endpoints = microsoft.server.tenantEndpoints(tenant);
    const client = clientOf({ tenant, endpoints });
    const token = await signIn(client, undefined, { user: "Grace Hopper" });
    expect(token.claims).toMatchObject({
      tid: CONSUMERS,
      preferred_username: "grace@outlook.example",
    });
    await expect(client.profile(token)).resolves.toMatchObject({ name: "Grace Hopper" });
    const { idToken = "" } = await signIn(clientOf());
    // The keys of personal accounts are others.
    await expect(client.verifyIdToken(idToken)).rejects.toMatchObject({
      code: "KEY_SELECTION_FAILED",
    });
    const { jwks } = microsoft.server.endpoints;
    const withKeysOfAll = clientOf({ tenant, endpoints: { ...endpoints, jwks } });
    await expect(withKeysOfAll.verifyIdToken(idToken)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it.each(["Ada Lovelace", "Mallory"])(
    "of %s's organization is refused by a client for consumers that has the endpoints of all",
    async (user) => {
      const client = clientOf({ tenant: "consumers" });
      await expect(signIn(client, undefined, { user })).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "iss" },
      });
      const token = await signIn(client, undefined, { user: "Grace Hopper" });
      expect(token.claims).toMatchObject({ tid: CONSUMERS });
    },
  );

  it("of another tenant is refused by a client for one that has the endpoints of all", async () => {
    const client = clientOf({ tenant: microsoft.server.tenantId.toUpperCase() });
    await expect(signIn(client)).resolves.toMatchObject({ claims: { oid: OID } });
    await expect(signIn(client, undefined, { user: "Mallory" })).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("of another user is refused by a client for one tenant", async () => {
    const { tenantId: tenant } = microsoft.server;
    const client = clientOf({ tenant, endpoints: microsoft.server.tenantEndpoints(tenant) });
    await expect(signIn(client)).resolves.toMatchObject({ claims: { tid: tenant } });
    const other = await signIn(clientOf(), undefined, { user: "Mallory" });
    await expect(client.verifyIdToken(other.idToken ?? "")).rejects.toMatchObject({
      details: { claim: "iss" },
    });
  });
});

it("gets a token for the app itself", async () => {
  const { tenantId: tenant } = microsoft.server;
  const client = clientOf({ tenant, endpoints: microsoft.server.tenantEndpoints(tenant) });
  const scope = ["https://graph.microsoft.com/.default"];
  const session = client.clientCredentialsSession({ scope });
  // Microsoft Graph knows the token, which is of no user.
  await expect(session.get("/me")).rejects.toMatchObject({ status: 400 });
  await expect(client.fetchClientCredentialsToken({ scope: ["User.Read"] })).rejects.toMatchObject({
    code: "INVALID_SCOPE",
    details: {
      aadsts: 1_002_012,
      traceId: expect.any(String),
      correlationId: expect.any(String),
    },
  });
});

it("builds the URL at which a user signs out of Microsoft", () => {
  const url = new URL(
    clientOf().logoutUrl({
      postLogoutRedirectUri: "https://app.example.com/bye",
      logoutHint: "opaque-hint",
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
