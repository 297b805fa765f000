import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
} from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

const AWKWARD = `${CANARY.clientSecret}:%+ &=/?`;

const POST = { clientId: "by-post", clientSecret: CANARY.clientSecret };
const BASIC = {
  clientId: "by:basic+%",
  clientSecret: AWKWARD,
  clientAuthentication: "basic",
} as const;
const PUBLIC = { clientId: "public" };

let server: AuthorizationServer;
let clock: FakeClock;

beforeAll(async () => {
  server = await AuthorizationServer.start([
    {
      client_id: POST.clientId,
      client_secret: POST.clientSecret,
      token_endpoint_auth_method: "client_secret_post",
    },
    {
      client_id: BASIC.clientId,
      client_secret: BASIC.clientSecret,
      token_endpoint_auth_method: "client_secret_basic",
    },
    { client_id: PUBLIC.clientId, token_endpoint_auth_method: "none" },
  ]);
});

afterAll(() => server.close());

beforeEach(() => {
  server.tokenCalls.length = 0;
  // The server uses the machine's clock: the client's clock starts there, and tests advance it.
  clock = new FakeClock(Date.now());
});

function clientWith(options: Omit<OAuth2ClientOptions, "redirectUri">): OAuth2Client {
  const { issuer } = server;
  return new OAuth2Client(
    defineProvider({
      name: "certified",
      issuer,
      issuerInCallback: true,
      endpoints: {
        authorization: `${issuer}/auth`,
        token: `${issuer}/token`,
        userInfo: `${issuer}/me`,
        jwks: `${issuer}/jwks`,
      },
      api: { baseUrl: issuer },
      defaultScope: ["openid", "email", "offline_access"],
    }),
    { redirectUri: "https://app.example.com/callback", clock, ...options },
  );
}

async function begin(client: OAuth2Client): Promise<{
  readonly request: AuthorizationRequest;
  readonly callback: string;
}> {
  const request = await client.authorizationRequest({ parameters: { prompt: "consent" } });
  return { request, callback: await server.visit(request.url, "ada") };
}

async function signIn(client: OAuth2Client): Promise<Token> {
  const { request, callback } = await begin(client);
  return client.fetchToken(callback, request);
}

describe("a sign-in at a certified authorization server", () => {
  it.each([
    ["client_secret_post", POST],
    ["client_secret_basic, with a secret that must be encoded", BASIC],
    ["a public client", PUBLIC],
  ])("goes from the link to the verified user: %s", async (_name, options) => {
    const client = clientWith(options);
    const { request, callback } = await begin(client);
    expect(new URL(callback).searchParams.get("iss")).toBe(server.issuer);
    const token = await client.fetchToken(callback, request);
    expect(token.claims).toMatchObject({
      iss: server.issuer,
      sub: "ada",
      aud: options.clientId,
      nonce: request.nonce,
    });
    expect(token.refreshToken).toBeDefined();
    expect(token.scope).toEqual(["openid", "email", "offline_access"]);
    expect(token.scopeChange).toBeUndefined();
    expect(await client.profile(token)).toMatchObject({
      id: "ada",
      email: "ada@example.com",
      emailVerified: true,
    });
    expect(server.tokenCalls).toHaveLength(1);
  });

  it("sends the secret in one place only", async () => {
    await signIn(clientWith(POST));
    await signIn(clientWith(BASIC));
    await signIn(clientWith(PUBLIC));
    expect(
      server.tokenCalls.map(({ authorization, form }) => [
        authorization?.split(" ")[0],
        form["client_secret"],
      ]),
    ).toEqual([
      [undefined, CANARY.clientSecret],
      ["Basic", undefined],
      [undefined, undefined],
    ]);
  });

  it("fails with the server's own error for a wrong secret", async () => {
    for (const options of [
      { ...POST, clientSecret: `${CANARY.clientSecret}-wrong` },
      { ...BASIC, clientSecret: `${AWKWARD}-wrong` },
    ]) {
      const error = await rejectionOf(signIn(clientWith(options)));
      expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401, error: "invalid_client" });
    }
  });

  it("fails with another PKCE verifier than the request's", async () => {
    const client = clientWith(POST);
    const { request, callback } = await begin(client);
    const { codeVerifier } = await client.authorizationRequest();
    const error = await rejectionOf(client.fetchToken(callback, { ...request, codeVerifier }));
    expect(error).toMatchObject({ code: "INVALID_GRANT", status: 400, error: "invalid_grant" });
    expectNoCanary(error, codeVerifier, new URL(callback).searchParams.get("code") as string);
  });

  it("fails when a code is used again", async () => {
    const client = clientWith(POST);
    const { request, callback } = await begin(client);
    await client.fetchToken(callback, request);
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject({
      code: "INVALID_GRANT",
    });
  });

  it("is refused without iss or with another one before anything is sent", async () => {
    const client = clientWith(POST);
    const { request, callback } = await begin(client);
    for (const iss of [undefined, "https://evil.example.com", `${server.issuer}/`]) {
      const changed = new URL(callback);
      changed.searchParams.delete("iss");
      if (iss) changed.searchParams.set("iss", iss);
      expect(await rejectionOf(client.fetchToken(changed, request))).toMatchObject({
        code: "ISSUER_MISMATCH",
      });
    }
    expect(server.tokenCalls).toEqual([]);
  });

  it("reports an error that the server sends to the callback", async () => {
    const client = clientWith(POST);
    const request = await client.authorizationRequest({ parameters: { prompt: "none" } });
    const callback = await server.visit(request.url, "ada");
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject({
      code: "INTERACTION_REQUIRED",
      error: "login_required",
    });
    expect(server.tokenCalls).toEqual([]);
  });
});

describe("a refresh at a certified authorization server", () => {
  it("rotates the refresh token and keeps the user", async () => {
    const client = clientWith(POST);
    const before = await signIn(client);
    const after = await client.refreshToken(before);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.claims).toMatchObject({ sub: "ada", iss: server.issuer });
    expect(await client.userInfo(after)).toMatchObject({ sub: "ada" });
  });

  it("works for a public client, which sends its ID only", async () => {
    const client = clientWith(PUBLIC);
    const before = await signIn(client);
    const after = await client.refreshToken(before);
    expect(server.tokenCalls[1]?.form).toEqual({
      grant_type: "refresh_token",
      refresh_token: before.refreshToken,
      client_id: "public",
    });
    expect(after.accessToken).not.toBe(before.accessToken);
  });

  it("with a rotated refresh token is refused, and revokes the whole family", async () => {
    const client = clientWith(POST);
    const before = await signIn(client);
    const after = await client.refreshToken(before);
    // Another process, which knows nothing of the rotation.
    const elsewhere = clientWith(POST);
    const error = await rejectionOf(elsewhere.refreshToken(before));
    expect(error).toMatchObject({ code: "INVALID_GRANT", retryable: false });
    expectNoCanary(error, before.refreshToken as string);
    expect(await rejectionOf(client.refreshToken(after))).toMatchObject({ code: "INVALID_GRANT" });
  });

  it("happens once for twenty parallel calls with an expired token", async () => {
    const client = clientWith(POST);
    const token = await signIn(client);
    const saved: [Token, Token][] = [];
    const onTokenUpdate = (next: Token, previous: Token): void => void saved.push([next, previous]);
    server.tokenCalls.length = 0;
    clock.advance(3600_000);
    expect(token.isExpired(0, clock.now())).toBe(true);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const session = client.session(token, { onTokenUpdate });
        return index % 2 === 0
          ? session.get("/me").then(({ data }: { data: unknown }) => data)
          : session.fetch("/me").then((response) => response.json());
      }),
    );
    expect(answers).toHaveLength(20);
    for (const answer of answers) expect(answer).toMatchObject({ sub: "ada" });
    expect(server.tokenCalls.map(({ form }) => form["grant_type"])).toEqual(["refresh_token"]);
    expect(saved).toHaveLength(1);
    expect(saved[0]?.[1]).toBe(token);
    expect(client.session(token).token).toBe(saved[0]?.[0]);
  });
});

describe("user info at a certified authorization server", () => {
  it("is refused for a token that the server does not know", async () => {
    const client = clientWith(POST);
    const token = await signIn(client);
    const forged = { ...token.toJSON(), accessToken: CANARY.accessToken };
    expect(await rejectionOf(client.userInfo(forged))).toMatchObject({
      code: "TOKEN_REJECTED",
      status: 401,
    });
  });

  it("of another user than the one who signed in is refused", async () => {
    const client = clientWith(POST);
    const token = await signIn(client);
    const { sub: _sub, ...claims } = { ...token.claims };
    const swapped = { ...token.toJSON(), claims: { ...claims, sub: "bob" } } as unknown as Token;
    expect(await rejectionOf(client.userInfo(swapped))).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });
});
