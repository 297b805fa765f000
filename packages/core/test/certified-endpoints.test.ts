import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type DeviceAuthorization,
  type DevicePending,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
} from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { Browser } from "./support/browser.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { until } from "./support/turns.ts";

const CALLBACK = "https://app.example.com/callback";
const SIGNED_OUT = "https://app.example.com/signed-out";
const API = "https://jobs.example.com/";

let app: LoopbackServer;
let server: AuthorizationServer;
let clock: FakeClock;

beforeAll(async () => {
  app = await LoopbackServer.start(() => ({ status: 200 }));
  const secret = {
    client_secret: CANARY.clientSecret,
    token_endpoint_auth_method: "client_secret_basic",
  };
  server = await AuthorizationServer.start(
    [
      {
        ...secret,
        client_id: "web",
        post_logout_redirect_uris: [SIGNED_OUT],
        backchannel_logout_uri: `${app.origin}/logout`,
        backchannel_logout_session_required: true,
      },
      {
        ...secret,
        client_id: "job",
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
      },
      {
        client_id: "tv",
        token_endpoint_auth_method: "none",
        redirect_uris: [],
        response_types: [],
        grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
      },
    ],
    {
      scopes: ["openid", "offline_access", "email", "jobs:read", "jobs:write"],
      fetch: (url: string, { method, headers, body, signal }: RequestInit) =>
        fetch(url, { method, headers, body, signal } as RequestInit),
      features: {
        backchannelLogout: { enabled: true },
        clientCredentials: { enabled: true },
        deviceFlow: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: async (_context: unknown, resource: string) => {
            if (resource !== API) throw new (await import("oidc-provider")).errors.InvalidTarget();
            return { scope: "jobs:read jobs:write", audience: resource, accessTokenTTL: 300 };
          },
        },
      },
    },
  );
});

afterAll(async () => {
  await server.close();
  await app.close();
});

beforeEach(() => {
  server.tokenCalls.length = 0;
  app.requests.length = 0;
  // The server uses the machine's clock.
  clock = new FakeClock(Date.now());
});

function clientFor(
  clientId: string,
  options: Partial<OAuth2ClientOptions> = {},
): Promise<OAuth2Client> {
  return OAuth2Client.discover(server.issuer, {
    clientId,
    ...(clientId !== "tv" && { clientSecret: CANARY.clientSecret }),
    ...(clientId === "web" && { redirectUri: CALLBACK }),
    clock,
    provider: { api: { baseUrl: server.issuer } },
    ...options,
  });
}

async function signIn(client: OAuth2Client, browser = new Browser("ada")): Promise<Token> {
  const request = await client.authorizationRequest({
    scope: ["openid", "offline_access"],
    parameters: { prompt: "consent" },
  });
  return client.fetchToken((await browser.open(request.url)).url, request);
}

describe("client credentials at a certified authorization server", () => {
  it("gives the app a token for the API that it named", async () => {
    const client = await clientFor("job");
    const token = await client.fetchClientCredentialsToken({ scope: ["jobs:read"], resource: API });
    expect(server.tokenCalls[0]?.form).toEqual({
      grant_type: "client_credentials",
      scope: "jobs:read",
      resource: API,
    });
    expect(token.scope).toEqual(["jobs:read"]);
    expect(token.scopeChange).toBeUndefined();
    expect(token.refreshToken).toBeUndefined();
    expect(token.expiresAt?.getTime()).toBe(clock.now() + 300_000);
    expect(await client.introspectToken(token)).toMatchObject({
      active: true,
      audience: [API],
      clientId: "job",
      scope: ["jobs:read"],
    });
  });

  it("gives a session its tokens: the first, the next, and one for a token that was revoked", async () => {
    const client = await clientFor("job", { provider: { api: { baseUrl: app.origin } } } as object);
    const seen: string[] = [];
    app.answer = async ({ headers }) => {
      const token = headers.authorization?.replace("Bearer ", "") ?? "";
      seen.push(token);
      return { status: (await client.introspectToken(token)).active ? 200 : 401 };
    };
    const session = client.clientCredentialsSession({ scope: ["jobs:read"], resource: API });
    expect(server.tokenCalls).toHaveLength(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => session.get("/jobs")));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.tokenCalls).toHaveLength(1);
    const first = session.token;
    clock.advance(300_000);
    expect((await session.fetch("/jobs")).status).toBe(200);
    const second = session.token;
    await client.revokeToken(second);
    expect((await session.get("/jobs")).status).toBe(200);
    const third = session.token;
    expect(seen.slice(19)).toEqual(
      [first, second, second, third].map((token) => token.accessToken),
    );
    await session.revoke();
    expect(await client.introspectToken(third)).toMatchObject({ active: false });
    expect(server.tokenCalls).toHaveLength(3);
    app.answer = () => ({ status: 200 });
  });

  it("fails for an unknown API, which the error names", async () => {
    const client = await clientFor("job");
    const error = await rejectionOf(
      client.fetchClientCredentialsToken({ resource: "https://other.example.com/" }),
    );
    expect(error).toMatchObject({ code: "INVALID_TARGET", status: 400 });
  });

  it("is refused to a client that is not registered for it", async () => {
    const client = await clientFor("web");
    expect(await rejectionOf(client.fetchClientCredentialsToken())).toMatchObject({
      code: "INVALID_REQUEST",
      errorDescription: "requested grant type is not allowed for this client",
    });
  });
});

describe("a device flow at a certified authorization server", () => {
  async function begin() {
    const client = await clientFor("tv");
    const device = await client.fetchDeviceAuthorization({ scope: ["openid", "offline_access"] });
    return { client, device };
  }

  /** Advances the client's clock until there is an answer. */
  async function poll(
    client: OAuth2Client,
    device: DeviceAuthorization,
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<{ token: Promise<Token>; pending: DevicePending[] }> {
    const pending: DevicePending[] = [];
    const token = client.fetchDeviceToken(device, { onPending: (state) => pending.push(state) });
    token.catch(() => undefined);
    await clock.scheduled();
    clock.advance(device.interval * 1000);
    await until(() => pending.length > 0);
    await meanwhile();
    await clock.scheduled();
    clock.advance(device.interval * 1000);
    return { token, pending };
  }

  it("ends with a token when the user has approved it on the server's pages", async () => {
    const { client, device } = await begin();
    expect(device).toEqual({
      deviceCode: expect.any(String),
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verificationUri: `${server.issuer}/device`,
      verificationUriComplete: `${server.issuer}/device?user_code=${device.userCode}`,
      expiresAt: new Date(clock.now() + 600_000),
      interval: 5,
      scope: ["openid", "offline_access"],
    });
    expect(JSON.parse(JSON.stringify(device))).toEqual({
      ...device,
      expiresAt: device.expiresAt.toISOString(),
    });
    const { token, pending } = await poll(client, device, async () => {
      const { page } = await new Browser("ada").open(device.verificationUri, {
        user_code: device.userCode,
      });
      expect(page).toContain("Sign-in Success");
    });
    expect(pending).toEqual([
      { attempt: 1, interval: 5, reason: "authorization_pending", expiresIn: 595 },
    ]);
    expect((await token).claims).toMatchObject({ sub: "ada", aud: "tv" });
    expect((await token).refreshToken).toBeDefined();
    expect(server.tokenCalls[1]?.form).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: device.deviceCode,
      client_id: "tv",
    });
    const renewed = await client.refreshToken(await token);
    expect(renewed.claims?.sub).toBe("ada");
  });

  it("ends with ACCESS_DENIED when the user declines", async () => {
    const { client, device } = await begin();
    const { token } = await poll(client, device, () =>
      new Browser("ada").open(device.verificationUriComplete as string, { abort: "yes" }),
    );
    const error = await rejectionOf(token);
    expect(error).toMatchObject({ code: "ACCESS_DENIED", error: "access_denied" });
    expectNoCanary(error, device.deviceCode);
  });
});

describe("introspection and revocation at a certified authorization server", () => {
  it("describes a token, and says after its revocation that it is not active", async () => {
    const client = await clientFor("web");
    const token = await signIn(client);
    expect(await client.introspectToken(token)).toMatchObject({
      active: true,
      subject: "ada",
      clientId: "web",
      issuer: server.issuer,
      tokenType: "Bearer",
      scope: ["openid", "offline_access"],
      expiresAt: expect.any(Date),
    });
    expect(await client.introspectToken(token, { hint: "refresh_token" })).toMatchObject({
      active: true,
    });
    await client.revokeToken(token);
    expect(await client.introspectToken(token.refreshToken as string)).toMatchObject({
      active: false,
      raw: { active: false },
    });
    expect(await client.introspectToken(token)).toMatchObject({ active: false });
    const error = await rejectionOf(client.refreshToken(token));
    expect(error).toMatchObject({ code: "INVALID_GRANT", status: 400 });
    expectNoCanary(error, token.refreshToken as string);
  });

  it("revokes the access token when the hint names it", async () => {
    const client = await clientFor("web");
    const token = await signIn(client);
    await client.revokeToken(token, { hint: "access_token" });
    expect(await client.introspectToken(token)).toEqual({ active: false, raw: { active: false } });
  });

  it("reports a token that the server does not know as not active", async () => {
    const client = await clientFor("web");
    await client.revokeToken("unknown");
    expect(await client.introspectToken("unknown")).toMatchObject({ active: false });
  });

  it("is refused for a wrong secret", async () => {
    const client = await clientFor("web", { clientSecret: `${CANARY.clientSecret}-wrong` });
    for (const call of [
      () => client.revokeToken(CANARY.accessToken),
      () => client.introspectToken(CANARY.accessToken),
    ]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "INVALID_CLIENT", status: 401 });
    }
  });
});

describe("signing out at a certified authorization server", () => {
  it("goes by the logout URL, and the logout token that follows is verified", async () => {
    const client = await clientFor("web");
    const browser = new Browser("ada");
    const token = await signIn(client, browser);
    const url = client.logoutUrl({
      idToken: token,
      postLogoutRedirectUri: SIGNED_OUT,
      state: "a state&more",
    });
    const end = await browser.open(url, { logout: "yes" });
    expect(end.url).toBe(`${SIGNED_OUT}?state=a+state%26more`);

    const [posted] = app.received("/logout");
    const logoutToken = new URLSearchParams(posted?.body).get("logout_token") as string;
    const claims = await client.verifyLogoutToken(logoutToken);
    expect(claims).toMatchObject({ iss: server.issuer, aud: "web", sub: "ada" });
    expect(claims.sid).toEqual(expect.any(String));
    expect(await rejectionOf(client.verifyLogoutToken(logoutToken))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
      details: { claim: "jti" },
    });
    expect(await rejectionOf(client.verifyIdToken(logoutToken))).toMatchObject({
      code: "ID_TOKEN_INVALID",
    });
    expect(await rejectionOf(client.verifyLogoutToken(token.idToken as string))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
    });
  });
});
