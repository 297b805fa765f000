import { beforeEach, describe, expect, it } from "@jest/globals";
import { verifyAccessToken } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const { clientOf, signIn } = microsoft;
const GUID = "44444444-ffff-4fff-8fff-444444444444";

describe("customers of External ID", () => {
  /** The emulator has one host; at Microsoft, the issuer's host is the tenant's ID. */
  const externalClient = () => {
    const { externalTenantId: tenantId } = microsoft.server;
    const endpoints = microsoft.server.tenantEndpoints(tenantId);
    return clientOf({ tenant: { externalId: "contoso", tenantId }, endpoints });
  };

  it("sign in, create an account, and call Microsoft Graph", async () => {
    const client = externalClient();
    const request = await client.authorizationRequest({ prompt: "create" });
    const callback = await microsoft.server.authorize(request.url, { user: "Grace Hopper" });
    const token = await client.fetchToken(callback, request);
    expect(token.claims).toMatchObject({ tid: microsoft.server.externalTenantId });
    const session = client.session(token);
    expect(await session.profile()).toMatchObject({ name: "Grace Hopper" });
    await expect(session.get("/me")).resolves.toMatchObject({ status: 200 });
  });

  it("are no users of a company: a token of another tenant is refused", async () => {
    const { idToken = "" } = await signIn(clientOf());
    await expect(externalClient().verifyIdToken(idToken)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });
});

describe("customers of B2C", () => {
  beforeEach(() => microsoft.server.configure({ b2cIssuer: "tenant", b2cPolicyClaim: "tfp" }));

  const b2cClient = (policy?: string) =>
    clientOf({
      tenant: { b2c: "contosob2c", policy: policy ?? "B2C_1_signupsignin", tenantId: GUID },
      endpoints: microsoft.server.b2cEndpoints(policy),
    });

  it("sign in, and get an access token for the app itself, which is refreshed", async () => {
    const client = b2cClient();
    const token = await signIn(client);
    expect(token.scope).toContain(microsoft.server.clientId);
    expect(await client.profile(token)).toMatchObject({
      id: token.claims?.sub,
      name: "Ada Lovelace",
      email: "ada@contoso.example",
      emailVerified: undefined,
    });
    const refreshed = await client.refreshToken(token);
    expect(refreshed.accessToken).not.toBe(token.accessToken);
    expect(refreshed.expiresAt?.getTime()).toBe(microsoft.clock.now() + 4_799_000);
  });

  it("sign in where the issuer has the policy in it", async () => {
    microsoft.server.configure({ b2cIssuer: "policy" });
    await expect(signIn(b2cClient("B2C_1A_custom"))).resolves.toMatchObject({
      claims: { iss: `${microsoft.server.origin}/tfp/${GUID}/b2c_1a_custom/v2.0/` },
    });
  });

  it.each(["tfp", "acr"] as const)(
    "sign in with one policy: a token of another one is refused, by its %s",
    async (b2cPolicyClaim) => {
      microsoft.server.configure({ b2cPolicyClaim });
      const refused = {
        code: "ID_TOKEN_INVALID",
        message: expect.stringContaining("another policy than B2C_1_mfa"),
        details: { claim: b2cPolicyClaim },
      };
      // Both policies have the same keys, and the same issuer.
      const { idToken = "" } = await signIn(b2cClient("B2C_1_signin"));
      await expect(b2cClient("B2C_1_mfa").verifyIdToken(idToken)).rejects.toMatchObject(refused);
      await expect(b2cClient("b2c_1_SIGNIN").verifyIdToken(idToken)).resolves.toHaveProperty("sub");
      const endpoints = microsoft.server.b2cEndpoints("B2C_1_signin");
      const tenant = { b2c: "contosob2c", policy: "B2C_1_mfa", tenantId: GUID };
      await expect(signIn(clientOf({ tenant, endpoints }))).rejects.toMatchObject(refused);
    },
  );

  it("sign in with a policy that names itself in the issuer alone, and with none that does not name itself", async () => {
    microsoft.server.configure({ b2cPolicyClaim: "none", b2cIssuer: "policy" });
    const client = b2cClient("B2C_1A_custom");
    await expect(signIn(client)).resolves.toHaveProperty("claims");
    microsoft.server.configure({ b2cIssuer: "tenant" });
    await expect(signIn(b2cClient("B2C_1A_custom"))).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      message: expect.stringContaining("let the policy issue the claim tfp"),
      details: { claim: "tfp" },
    });
  });

  it("call an API of the same policy", async () => {
    const scope = [`https://contosob2c.onmicrosoft.com/${microsoft.server.clientId}/tasks.read`];
    const { accessToken } = await signIn(b2cClient("B2C_1_signin"), scope);
    const permissions = { scope: ["tasks.read"] };
    await expect(
      verifyAccessToken(b2cClient("b2c_1_signin"), accessToken, permissions),
    ).resolves.toMatchObject({ scp: "tasks.read" });
    await expect(
      verifyAccessToken(b2cClient("B2C_1_mfa"), accessToken, permissions),
    ).rejects.toMatchObject({ code: "TOKEN_INVALID", details: { claim: "tfp" } });
  });

  it("get an access token for the app itself that is no ID token, though it has the nonce", async () => {
    const client = b2cClient();
    const request = await client.authorizationRequest();
    const callback = await microsoft.server.authorize(request.url);
    const { accessToken, idToken = "" } = await client.fetchToken(callback, request);
    const { nonce = "" } = request;
    await expect(client.verifyIdToken(accessToken, { nonce })).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "azp" },
    });
    await expect(client.verifyIdToken(idToken, { nonce })).resolves.toHaveProperty("sub");
  });

  it("are no users of a company: a token of Entra ID is refused", async () => {
    const { idToken = "" } = await signIn(clientOf());
    await expect(b2cClient().verifyIdToken(idToken)).rejects.toMatchObject({
      provider: "microsoft",
    });
  });

  it("who cancel are told so", async () => {
    const client = b2cClient();
    const request = await client.authorizationRequest();
    const callback = await microsoft.server.authorize(request.url, { deny: true });
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "ACCESS_DENIED",
    });
  });
});

it("signs in with a callback that the browser posts", async () => {
  const client = clientOf();
  const request = await client.authorizationRequest({ parameters: { response_mode: "form_post" } });
  const posted = await microsoft.server.authorizeWithFormPost(request.url);
  await expect(client.fetchToken(posted, request)).resolves.toMatchObject({
    claims: { name: "Ada Lovelace" },
  });
});
