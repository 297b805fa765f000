import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type DiscoverOptions, isOAuthError, OAuth2Client } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type Answer, LoopbackServer } from "./support/loopback-server.ts";

let server: LoopbackServer;
let pages: Record<string, Answer | "hang" | "cut">;

const OIDC = "/.well-known/openid-configuration";
const OAUTH = "/.well-known/oauth-authorization-server";

beforeEach(async () => {
  pages = {};
  server = await LoopbackServer.start(({ url }) => pages[url] ?? { status: 404 });
});

afterEach(() => server.close());

function metadata(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { origin } = server;
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    ...changes,
  };
}

function discover(
  issuer = server.origin,
  options: Partial<DiscoverOptions> = {},
): Promise<OAuth2Client> {
  return OAuth2Client.discover(issuer, { clientId: "c", clock: new FakeClock(), ...options });
}

const asked = (): string[] => server.requests.map(({ url }) => url);

describe("discovery finds the metadata", () => {
  it("of OpenID Connect first, with every endpoint", async () => {
    const { origin } = server;
    const endpoints = {
      userinfo_endpoint: `${origin}/me`,
      revocation_endpoint: `${origin}/revoke`,
      introspection_endpoint: `${origin}/introspect`,
      device_authorization_endpoint: `${origin}/device`,
      pushed_authorization_request_endpoint: `${origin}/par`,
      end_session_endpoint: `${origin}/logout`,
    };
    pages[OIDC] = { body: metadata(endpoints) };
    const { provider } = await discover();
    expect(provider.endpoints).toEqual({
      authorization: `${origin}/authorize`,
      token: `${origin}/token`,
      jwks: `${origin}/jwks`,
      userInfo: `${origin}/me`,
      revocation: `${origin}/revoke`,
      introspection: `${origin}/introspect`,
      deviceAuthorization: `${origin}/device`,
      pushedAuthorization: `${origin}/par`,
      endSession: `${origin}/logout`,
    });
    const { port } = new URL(origin);
    expect(provider).toMatchObject({ name: `localhost-${port}`, issuer: origin });
    expect(asked()).toEqual([OIDC]);
  });

  it("of OpenID Connect after the issuer's path, of OAuth before it (RFC 8414 §3.1)", async () => {
    const issuer = `${server.origin}/tenant/one`;
    pages[`${OAUTH}/tenant/one`] = { body: metadata({ issuer }) };
    expect((await discover(issuer)).provider.issuer).toBe(issuer);
    expect(asked()).toEqual([`/tenant/one${OIDC}`, `${OAUTH}/tenant/one`]);
  });

  it("of two tenants of one host, and refuses the callback of the other tenant", async () => {
    const [one, two] = ["/realms/one", "/realms/two"].map((path) => `${server.origin}${path}`);
    for (const issuer of [one, two]) {
      pages[`${new URL(issuer as string).pathname}${OIDC}`] = { body: metadata({ issuer }) };
    }
    const redirectUri = "https://app.example.com/callback";
    const [first, second] = [
      await discover(one, { redirectUri }),
      await discover(two, { redirectUri }),
    ];
    expect(first.provider.name).toMatch(/^localhost-\d+-realms-one$/);
    const request = await first.authorizationRequest();
    const callback = `/callback?code=c&state=${request.state}`;
    expect(await rejectionOf(second.fetchToken(callback, request))).toMatchObject({
      code: "PROVIDER_MISMATCH",
    });
    expect(server.received("/token")).toEqual([]);
  });

  it("of an issuer that ends with a slash", async () => {
    const issuer = `${server.origin}/`;
    pages[OIDC] = { body: metadata({ issuer }) };
    expect((await discover(issuer)).provider.issuer).toBe(issuer);
  });

  it("and the app's own definition overrides it", async () => {
    pages[OIDC] = {
      body: metadata({ id_token_signing_alg_values_supported: ["ES256", "none", "HS256"] }),
    };
    const { provider } = await discover(server.origin, {
      provider: {
        name: "mine",
        endpoints: { userInfo: "/me" },
        api: { baseUrl: "https://api.example.com" },
        idToken: { issuerWithoutScheme: true },
      },
    });
    expect(provider).toMatchObject({
      name: "mine",
      endpoints: { userInfo: "/me", token: `${server.origin}/token` },
      // The one does not replace the other; none and HS256 are dropped.
      idToken: { algorithms: ["ES256"], issuerWithoutScheme: true },
    });
  });

  it("and undefined fields of the app's definition remove nothing from it", async () => {
    pages[OIDC] = { body: metadata({ authorization_response_iss_parameter_supported: true }) };
    const own = { issuerInCallback: undefined, clientAuthentication: undefined };
    const { provider } = await discover(server.origin, { provider: own as never });
    expect(provider).toMatchObject({ issuerInCallback: true, clientAuthentication: "basic" });
  });

  it.each([
    ["nothing", undefined, "basic"],
    ["both", ["client_secret_post", "client_secret_basic"], "basic"],
    ["post alone", ["client_secret_post", "private_key_jwt"], "post"],
    ["an assertion by the secret alone", ["client_secret_jwt"], { method: "client_secret_jwt" }],
  ])("and how a client with a secret authenticates: %s", async (_name, methods, expected) => {
    pages[OIDC] = { body: metadata({ token_endpoint_auth_methods_supported: methods }) };
    expect((await discover()).provider.clientAuthentication).toEqual(expected);
  });

  it("and accepts only RS256 where the algorithm none is the only one advertised", async () => {
    pages[OIDC] = { body: metadata({ id_token_signing_alg_values_supported: ["none"] }) };
    expect((await discover()).provider.idToken).toBeUndefined();
  });

  it("and the endpoints for clients with a certificate (RFC 8705 §5)", async () => {
    const { tlsClientAuth } = await import("@grantkit/core");
    const aliases = { token_endpoint: "https://mtls.example.com/token" };
    pages[OIDC] = { body: metadata({ mtls_endpoint_aliases: aliases }) };
    const { origin } = server;
    const plain = await discover();
    const shown = await discover(origin, { clientAuthentication: tlsClientAuth() });
    expect(plain.provider.endpoints.token).toBe(`${origin}/token`);
    expect(shown.provider.endpoints).toMatchObject({
      token: "https://mtls.example.com/token",
      authorization: `${origin}/authorize`,
    });
  });
});

describe("two providers whose names are equal", () => {
  const redirectUri = "https://app.example.com/callback";

  it.each<[string, string, string]>([
    ["paths that differ in a separator", "/tenant-a", "/tenant/a"],
    ["paths that differ in case", "/tenant", "/Tenant"],
    ["paths that differ in a character that names cannot have", "/t_1", "/t~1"],
    ["a slash at the end", "/tenant", "/tenant/"],
  ])("refuse each other's callbacks before anything is sent: %s", async (_what, one, two) => {
    const [first, second] = [`${server.origin}${one}`, `${server.origin}${two}`];
    server.answer = ({ url }) => {
      const issuer = [first, second].find(
        (each) => url === `${new URL(each).pathname.replace(/\/$/, "")}${OIDC}`,
      );
      return issuer === undefined ? { status: 404 } : { body: metadata({ issuer }) };
    };
    if (one === two.replace(/\/$/, "")) {
      let times = 0;
      server.answer = () => ({ body: metadata({ issuer: [first, second][times++] }) });
    }
    const clients = [
      await discover(first, { redirectUri, provider: { name: "acme" } }),
      await discover(second, { redirectUri, provider: { name: "acme" } }),
    ] as const;
    const request = await clients[0].authorizationRequest();
    const stored = JSON.parse(JSON.stringify(request)) as typeof request;
    const callback = `/callback?code=c&state=${request.state}`;
    const error = await rejectionOf(clients[1].fetchToken(callback, stored));
    expect(error).toMatchObject({ code: "PROVIDER_MISMATCH" });
    expect((error as Error).message).toContain("another issuer of the same name");
    expect(server.received("/token")).toEqual([]);
  });

  it("refuse each other's callbacks on two ports of one machine", async () => {
    const other = await LoopbackServer.start();
    other.answer = () => ({
      body: {
        issuer: other.origin,
        authorization_endpoint: `${other.origin}/a`,
        token_endpoint: `${other.origin}/token`,
      },
    });
    try {
      pages[OIDC] = { body: metadata() };
      const provider = { name: "acme" };
      const honest = await discover(server.origin, { redirectUri, provider });
      const evil = await discover(other.origin, { redirectUri, provider });
      const request = await honest.authorizationRequest();
      const work = evil.fetchToken(`/callback?code=c&state=${request.state}`, request);
      expect(await rejectionOf(work)).toMatchObject({ code: "PROVIDER_MISMATCH" });
      expect(other.received("/token")).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe("an endpoint of the metadata that cannot be used", () => {
  const redirectUri = "https://app.example.com/callback";
  const FIELDS = {
    userinfo_endpoint: (of: OAuth2Client) => of.userInfo({ accessToken: "a" }),
    revocation_endpoint: (of: OAuth2Client) => of.revokeToken("a"),
    introspection_endpoint: (of: OAuth2Client) => of.introspectToken("a"),
    device_authorization_endpoint: (of: OAuth2Client) => of.fetchDeviceAuthorization(),
    pushed_authorization_request_endpoint: (of: OAuth2Client) =>
      of.authorizationRequest({ pushed: true }),
    authorization_endpoint: (of: OAuth2Client) => of.authorizationRequest(),
    end_session_endpoint: async (of: OAuth2Client) => of.logoutUrl(),
  };

  it.each([
    ["plain http", "http://id.example.com/x"],
    ["a path", "/x"],
    ["no URL", "n/a"],
    ["an empty text", ""],
    ["a number", 7],
    ["a list", ["https://id.example.com/x"]],
    ["a script", "javascript:alert(1)"],
    ["a URL with a password", "https://user:password@id.example.com/x"],
    ["a URL with a fragment", "https://id.example.com/x#y"],
  ])(
    "is ignored until it is used, and the error then names the metadata: %s",
    async (_what, bad) => {
      for (const [field, use] of Object.entries(FIELDS)) {
        pages[OIDC] = { body: metadata({ [field]: bad }) };
        const client = await discover(server.origin, { redirectUri });
        const error = await rejectionOf(use(client));
        expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
        const { message } = error as Error;
        expect(message).toContain(`in the metadata of ${server.origin}, ${field} must`);
        expect(message).toContain("provider.endpoints.");
      }
    },
  );

  it("does not disturb other requests", async () => {
    const bad = Object.fromEntries(
      Object.keys(FIELDS).map((field) => [field, "http://x.example.com"]),
    );
    pages[OIDC] = { body: metadata(bad) };
    pages["/token"] = { body: { access_token: "at-1", token_type: "Bearer" } };
    const client = await discover(server.origin, { clientSecret: "s" });
    expect((await client.fetchClientCredentialsToken()).accessToken).toBe("at-1");
  });

  it("can be replaced in the app's definition", async () => {
    pages[OIDC] = { body: metadata({ jwks_uri: "nowhere", token_endpoint: 7 }) };
    const endpoints = { token: `${server.origin}/t`, jwks: `${server.origin}/k` };
    const { provider } = await discover(server.origin, { provider: { endpoints } });
    expect(provider.endpoints).toMatchObject(endpoints);
  });

  it.each([
    ["token_endpoint", "http://id.example.com/token"],
    ["token_endpoint", undefined],
    ["jwks_uri", "http://id.example.com/jwks"],
    ["jwks_uri", "nowhere"],
  ])("is refused at once if every client needs it: %s %s", async (field, bad) => {
    pages[OIDC] = { body: metadata({ [field]: bad }) };
    const error = await rejectionOf(discover());
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toContain(`in the metadata of ${server.origin}, ${field}`);
  });

  it("in the app's definition is a ConfigurationError", async () => {
    pages[OIDC] = { body: metadata() };
    const provider = { endpoints: { introspection: "http://id.example.com/x" } };
    const error = await rejectionOf(discover(server.origin, { provider }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toContain("endpoints.introspection must use https");
  });
});

describe("discovery fails", () => {
  const html = { headers: { "content-type": "text/html" }, body: "<html>sign in</html>" };
  it.each<[string, () => void, string, boolean?]>([
    ["when there is nothing", () => undefined, "DISCOVERY_FAILED"],
    ["with a server in trouble", () => (pages[OIDC] = { status: 500 }), "DISCOVERY_FAILED", true],
    ["with too many requests", () => (pages[OIDC] = { status: 429 }), "DISCOVERY_FAILED", true],
    [
      "with a redirect",
      () => (pages[OIDC] = { status: 302, headers: { location: "/x" } }),
      "DISCOVERY_FAILED",
    ],
    ["with a page", () => (pages[OIDC] = html), "DISCOVERY_FAILED"],
    ["with a list", () => (pages[OIDC] = { body: [metadata()] }), "DISCOVERY_FAILED"],
    ["with half a document", () => (pages[OIDC] = { body: '{"issuer":' }), "DISCOVERY_FAILED"],
    ["with a connection that is cut", () => (pages[OIDC] = "cut"), "NETWORK_ERROR", true],
    [
      "with a huge document",
      () => (pages[OIDC] = { body: metadata({ x: "x".repeat(1 << 20) }) }),
      "RESPONSE_TOO_LARGE",
    ],
    [
      "with another's document",
      () => (pages[OIDC] = { body: metadata({ issuer: "https://evil.example.com" }) }),
      "ISSUER_MISMATCH",
    ],
    [
      "with a document of nobody",
      () => (pages[OIDC] = { body: metadata({ issuer: undefined }) }),
      "ISSUER_MISMATCH",
    ],
    [
      "without a token endpoint",
      () => (pages[OIDC] = { body: metadata({ token_endpoint: undefined }) }),
      "CONFIGURATION_INVALID",
    ],
    [
      "with a token endpoint on plain http",
      () => (pages[OIDC] = { body: metadata({ token_endpoint: "http://id.example.com/token" }) }),
      "CONFIGURATION_INVALID",
    ],
    [
      "with keys on plain http",
      () => (pages[OIDC] = { body: metadata({ jwks_uri: "http://id.example.com/jwks" }) }),
      "CONFIGURATION_INVALID",
    ],
  ])("%s", async (...[, arrange, code, retryable = false]) => {
    arrange();
    const failure = await rejectionOf(discover(server.origin, { retries: false }));
    expect(failure).toMatchObject({ code, retryable });
  });

  it("with a message that shows how the issuer is spelled when only a slash differs", async () => {
    pages[OIDC] = { body: metadata() };
    const error = await rejectionOf(discover(`${server.origin}/`));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(isOAuthError(error) && error.message).toContain("slash at the end");
  });

  it.each([
    ["plain http elsewhere", "http://id.example.com"],
    ["a query", "https://id.example.com?x=1"],
    ["a fragment", "https://id.example.com#x"],
    ["no URL", "id.example.com"],
    ["nothing", undefined],
    ["a URL object, which always has a slash", new URL("https://id.example.com")],
  ])("before anything is sent for an issuer that is or has %s", async (_name, issuer) => {
    const error = await rejectionOf(
      OAuth2Client.discover(issuer as string, { clientId: "c", clock: new FakeClock() }),
    );
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(server.requests).toEqual([]);
  });

  it("before anything is sent for bad options", async () => {
    const error = await rejectionOf(discover(server.origin, { clientId: "" }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(server.requests).toEqual([]);
  });
});

describe("an issuer that differs", () => {
  it.each<[string, () => unknown, () => string]>([
    [
      "in letter case",
      () => server.origin.replace("http", "HTTP"),
      () => server.origin.replace("http", "HTTP"),
    ],
    ["in everything", () => "https://evil.example", () => "https://evil.example"],
    ["by a query", () => `${server.origin}?a=b`, () => `${server.origin}?a=b`],
    ["by not being there", () => undefined, () => "no issuer"],
    ["by its type", () => [server.origin], () => "no issuer"],
  ])("%s is shown as the metadata writes it", async (_name, issuer, shown) => {
    pages[OIDC] = { body: metadata({ issuer: issuer() }) };
    const error = await rejectionOf(discover());
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(` ${shown()}`);
    expect((error as Error).message).not.toContain(`${shown()}/`);
  });

  it("by control characters does not get them into the message", async () => {
    pages[OIDC] = { body: metadata({ issuer: "https://a.example/\u202e\n" + "x".repeat(900) }) };
    const { message } = (await rejectionOf(discover())) as Error;
    expect(message).not.toMatch(/[\u202e\n]/);
    expect(message.length).toBeLessThan(900);
  });

  it("by a user name and a password is refused before anything is sent", async () => {
    const issuer = server.origin.replace("http://", "http://ada:canary-password@");
    const error = await rejectionOf(discover(issuer));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toContain("user name");
    expect((error as Error).message).not.toContain("canary-password");
    expect(asked()).toEqual([]);
  });
});
