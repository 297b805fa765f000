import { afterEach, describe, expect, it } from "@jest/globals";
import { type FacebookEmulator, type FacebookOptions, startFacebook } from "@grantkit/emulator";
import {
  type AuthorizationRequestOptions,
  type FacebookAuthorizationOptions,
  FacebookClient,
  type FacebookClientOptions,
  type Token,
} from "@grantkit/provider-facebook";

const running: FacebookEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function started(
  switches: FacebookOptions = {},
  options: Partial<FacebookClientOptions> = {},
) {
  const emulator = await startFacebook(switches);
  running.push(emulator);
  const client = new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback?from=login",
    endpoints: emulator.endpoints,
    ...options,
  });
  return { emulator, client };
}

async function signIn(
  client: FacebookClient,
  emulator: FacebookEmulator,
  options: AuthorizationRequestOptions & FacebookAuthorizationOptions = {},
  choice: Parameters<FacebookEmulator["authorize"]>[1] = {},
): Promise<Token> {
  const request = await client.authorizationRequest(options);
  return client.fetchToken(await emulator.authorize(request.url, choice), request);
}

const tokenRequests = ({ requests }: FacebookEmulator) =>
  requests.filter(({ path }) => path.endsWith("/oauth/access_token"));

describe("sign in with Facebook", () => {
  it("ends with a token, the user's profile, and calls of the API", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    expect(token.refreshToken).toBeUndefined();
    expect(token.scope).toEqual(["public_profile", "email"]);
    const session = client.session(token);
    expect(await session.profile()).toMatchObject({
      id: "10223344556677881",
      name: "Ada Lovelace",
      givenName: "Ada",
      familyName: "Lovelace",
      email: "ada@lovelace.example",
      emailVerified: undefined,
      picture: expect.stringContaining("/avatar/"),
    });
    expect((await session.get<object>("/me")).data).toEqual({
      id: "10223344556677881",
      name: "Ada Lovelace",
    });
    const pages = await (await session.fetch("/me/permissions")).json();
    expect(pages).toHaveProperty("data");
  });

  it("accepts the fragment that Facebook adds to callbacks", async () => {
    const { emulator, client } = await started();
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    expect(callback).toMatch(/#_=_$/);
    await expect(client.fetchToken(callback, request)).resolves.toBeDefined();
  });

  it("keeps the app secret out of URLs", async () => {
    const { emulator, client } = await started();
    await signIn(client, emulator);
    const [request] = tokenRequests(emulator);
    expect(request).toMatchObject({ method: "POST", query: {} });
    expect(request?.body["client_secret"]).toBe(emulator.clientSecret);
  });

  it("accepts tokens without an expiry", async () => {
    const { emulator, client } = await started({ tokenLifetime: false });
    expect((await signIn(client, emulator)).expiresAt).toBeUndefined();
  });

  it("passes Facebook's own options; a configuration replaces the scope", async () => {
    const { emulator, client } = await started({
      loginConfigurations: { "config-1": ["public_profile"] },
    });
    const plain = await client.authorizationRequest({
      authType: ["rerequest", "reauthenticate"],
      display: "popup",
    });
    expect(Object.fromEntries(new URL(plain.url).searchParams)).toMatchObject({
      scope: "public_profile,email",
      auth_type: "rerequest,reauthenticate",
      display: "popup",
    });
    const configured = await client.authorizationRequest({ configId: "config-1" });
    const { searchParams } = new URL(configured.url);
    expect(searchParams.get("config_id")).toBe("config-1");
    expect(searchParams.has("scope")).toBe(false);
    expect(configured.scope).toEqual([]);
    await expect(signIn(client, emulator, { configId: "config-1" })).resolves.toBeDefined();
  });

  it("reports a user who declines, with Facebook's reason", async () => {
    const { emulator, client } = await started();
    await expect(signIn(client, emulator, {}, { deny: true })).rejects.toMatchObject({
      code: "ACCESS_DENIED",
      error: "access_denied",
      details: { error_reason: "user_denied", error_code: "200" },
    });
    expect(tokenRequests(emulator)).toHaveLength(0);
  });
});

describe("a user's missing data", () => {
  it("has no address when the user does not grant it", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, {}, { scopes: ["public_profile"] });
    expect(await client.profile(token)).toMatchObject({ name: "Ada Lovelace", email: undefined });
  });

  it("has no address when the account has none", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, {}, { user: "Grace Hopper" });
    expect(await client.profile(token)).toMatchObject({ name: "Grace Hopper", email: undefined });
  });

  it("has no picture when Facebook sends the silhouette", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, {}, { user: "Mary Somerville" });
    expect((await client.profile(token)).picture).toBeUndefined();
  });
});

describe("the token's placement", () => {
  it("is the header, or the query for a session or a client that asks for it", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    await client.session(token).get("/me");
    await client.session(token, { tokenPlacement: "query" }).get("/me?fields=id");
    const [header, query] = emulator.requests.slice(-2);
    expect(header?.headers["authorization"]).toBe(`Bearer ${token.accessToken}`);
    expect(header?.url).not.toContain("access_token");
    expect(query?.headers["authorization"]).toBeUndefined();
    expect(query?.query).toEqual({ fields: "id", access_token: token.accessToken });
    const { client: inQuery } = await started(
      {},
      { tokenPlacement: "query", endpoints: emulator.endpoints },
    );
    expect((await inQuery.profile(token)).id).toBe("10223344556677881");
  });

  it("comes with a proof of the app secret where the app requires one", async () => {
    const { emulator, client } = await started({ requireAppSecretProof: true });
    const token = await signIn(client, emulator);
    await expect(client.profile(token)).rejects.toMatchObject({ details: { code: 100 } });
    const proving = new FacebookClient({
      clientId: emulator.clientId,
      clientSecret: emulator.clientSecret,
      redirectUri: "http://127.0.0.1:8080/callback",
      endpoints: emulator.endpoints,
      appSecretProof: true,
    });
    expect((await proving.profile(token)).name).toBe("Ada Lovelace");
    const session = proving.session(token, { tokenPlacement: "query" });
    expect((await session.fetch("/me")).status).toBe(200);
  });
});

describe("Facebook's error objects", () => {
  it("are INVALID_GRANT for a used code, with Facebook's codes in the details", async () => {
    const { emulator, client } = await started();
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    await client.fetchToken(callback, request);
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      status: 400,
      error: "OAuthException",
      errorDescription: expect.stringContaining("has been used"),
      details: { code: 100, error_subcode: 36009, fbtrace_id: expect.any(String) },
    });
  });

  it("are INVALID_GRANT for an expired code, and for another redirect URI", async () => {
    let now = Date.now();
    const { emulator, client } = await started({ now: () => now });
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    const moved = { ...request, redirectUri: "http://127.0.0.1:8080/callback" };
    await expect(client.fetchToken(callback, moved)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      details: { error_subcode: 36008 },
    });
    now += 3_600_000;
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      details: { error_subcode: 36007 },
    });
  });

  it("are INVALID_CLIENT for a wrong app secret, and for a wrong app ID", async () => {
    const { emulator } = await started();
    for (const wrong of [{ clientSecret: "wrong-secret" }, { clientId: "123" }]) {
      const { client } = await started({}, { endpoints: emulator.endpoints, ...wrong });
      const request = await client.authorizationRequest();
      const callback = `?code=x&state=${request.state}`;
      await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
        code: "INVALID_CLIENT",
      });
    }
  });

  it.each([
    ["api-app-not-installed", 458],
    ["api-checkpointed", 459],
    ["api-password-changed", 460],
    ["api-session-expired", 463],
    ["api-unconfirmed-user", 464],
    ["api-invalid-session", 467],
  ] as const)("%s: the token is rejected, whatever the status", async (failure, subcode) => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    emulator.failNext(failure);
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "TOKEN_REJECTED",
      details: { code: 190, error_subcode: subcode },
    });
  });

  it.each([
    "api-app-throttled",
    "api-user-throttled",
    "api-page-throttled",
    "api-custom-throttled",
  ] as const)("%s: a limit, though its status is 400", async (failure) => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    emulator.failNext(failure);
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      status: 400,
      retryable: true,
    });
  });

  it("reach the caller of a session as axios's errors", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    emulator.failNext("api-permission-denied");
    await expect(client.session(token).get("/me")).rejects.toMatchObject({
      isAxiosError: true,
      response: { data: { error: { type: "OAuthException", fbtrace_id: expect.any(String) } } },
    });
  });
});
