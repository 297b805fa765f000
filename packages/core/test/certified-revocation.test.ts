import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { OAuth2Client, type Token } from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { CANARY, rejectionOf } from "./support/canaries.ts";

/** An API whose access tokens are JWTs, which oidc-provider cannot revoke. */
const API = "https://jobs.example.com/";

let server: AuthorizationServer;

beforeAll(async () => {
  const adapterOf = createMemoryAdapter();
  server = await AuthorizationServer.start(
    [{ client_id: "web", client_secret: CANARY.clientSecret }],
    {
      // As at other servers, revoking a refresh token does not revoke its access token.
      adapter: (model: string) =>
        Object.assign(adapterOf(model), { revokeByGrantId: () => Promise.resolve() }),
      revokeGrantPolicy: () => false,
      scopes: ["openid", "offline_access", "jobs:read"],
      features: {
        introspection: { enabled: true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: "jobs:read", accessTokenFormat: "jwt" }),
        },
      },
    },
  );
});

afterAll(() => server.close());

const discovered = (): Promise<OAuth2Client> =>
  OAuth2Client.discover(server.issuer, {
    clientId: "web",
    clientSecret: CANARY.clientSecret,
    redirectUri: "https://app.example.com/callback",
    provider: { api: { baseUrl: server.issuer } },
  });

async function signIn(client: OAuth2Client, options = {}): Promise<Token> {
  const request = await client.authorizationRequest({
    scope: ["openid", "offline_access"],
    parameters: { prompt: "consent" },
    ...options,
  });
  return client.fetchToken(await server.visit(request.url, "ada"), request);
}

/** Which halves of a token the server accepts. */
async function active(client: OAuth2Client, token: Token): Promise<boolean[]> {
  const halves = await Promise.all([
    client.introspectToken(token, { hint: "refresh_token" }),
    client.introspectToken(token, { hint: "access_token" }),
  ]);
  return halves.map((half) => half.active);
}

it("revokes the half that the hint names, and no other", async () => {
  const client = await discovered();
  const one = await signIn(client);
  await client.revokeToken(one, { hint: "refresh_token" });
  expect(await active(client, one)).toEqual([false, true]);
  const two = await signIn(client);
  await client.revokeToken(two, { hint: "access_token" });
  expect(await active(client, two)).toEqual([true, false]);
  await client.revokeToken(two.refreshToken as string);
  expect(await active(client, two)).toEqual([false, false]);
});

it("revokes both halves of a token", async () => {
  const client = await discovered();
  const token = await signIn(client);
  expect(await active(client, token)).toEqual([true, true]);
  await client.revokeToken(token);
  expect(await active(client, token)).toEqual([false, false]);
});

it("leaves nothing of a session that was signed out: other processes cannot use its token either", async () => {
  const client = await discovered();
  const token = await signIn(client);
  const session = client.session(token);
  expect((await session.get("/me")).data).toEqual({ sub: "ada" });
  await session.revoke();
  const elsewhere = await discovered();
  expect(await rejectionOf(elsewhere.userInfo(token))).toMatchObject({ code: "TOKEN_REJECTED" });
  expect(await rejectionOf(elsewhere.refreshToken(token))).toMatchObject({ code: "INVALID_GRANT" });
});

it("signs out though the server answers unsupported_token_type for the access token, a JWT", async () => {
  const client = await discovered();
  const token = await signIn(client, {
    scope: ["openid", "offline_access", "jobs:read"],
    resource: API,
  });
  const api = await client.refreshToken(token, { resource: API, scope: ["jobs:read"] });
  expect(api.accessToken.split(".")).toHaveLength(3);
  expect(await rejectionOf(client.revokeToken(api, { hint: "access_token" }))).toMatchObject({
    code: "UNSUPPORTED_TOKEN_TYPE",
  });
  const session = client.session(api);
  await session.revoke();
  expect(session.authorized).toBe(false);
  expect(await rejectionOf((await discovered()).refreshToken(api))).toMatchObject({
    code: "INVALID_GRANT",
  });
});
