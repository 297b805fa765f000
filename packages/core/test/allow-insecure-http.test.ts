// A definition may name http origins that secrets are sent to, as in docker-compose; nobody else may, and no other origin is.
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
  Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { callbackOf } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { named, namedHosts } from "./support/named-hosts.ts";
import { thrown } from "./support/thrown.ts";
import { watchedWarnings } from "./support/warnings.ts";

const OTHER = "http://other:8080";
const token = Token.from({ accessToken: "at-insecure-0001", refreshToken: "rt-insecure-0001" });

let server: LoopbackServer;
/** The server's origin as the other containers know it. */
let keycloak: string;
const warnings = watchedWarnings();

beforeEach(async () => {
  server = await LoopbackServer.start(({ url }) => {
    if (url === "/token")
      return { body: { access_token: "at-insecure-0002", token_type: "Bearer" } };
    if (url === "/api/moved") return { status: 307, headers: { location: `${keycloak}/api/me` } };
    if (url === "/api/away") return { status: 307, headers: { location: `${OTHER}/api/me` } };
    if (url === "/api/down") return { status: 401, body: {} };
    return url === "/revoke" ? { status: 200 } : { body: { sub: "ada" } };
  });
  keycloak = named("keycloak", server.origin);
});

afterEach(() => server.close());

function definition(changes: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return {
    name: "keycloak",
    endpoints: {
      authorization: `${keycloak}/authorize`,
      token: `${keycloak}/token`,
      userInfo: `${keycloak}/me`,
      revocation: `${keycloak}/revoke`,
      endSession: `${keycloak}/logout`,
    },
    api: { baseUrl: `${keycloak}/api` },
    allowInsecureHttp: [keycloak],
    ...changes,
  };
}

function client(
  changes: Partial<ProviderDefinition> = {},
  options: Partial<OAuth2ClientOptions> = {},
): OAuth2Client {
  return new OAuth2Client(defineProvider(definition(changes)), {
    clientId: "client-id",
    clientSecret: "client-secret-canary",
    redirectUri: "https://app.example.com/callback",
    ...namedHosts(),
    ...options,
  });
}

describe("an http origin that the definition names", () => {
  it("gets the sign-in, the API's requests, user info, revocation and logout", async () => {
    const keycloakClient = client();
    const request = await keycloakClient.authorizationRequest();
    expect(request.url).toMatch(`${keycloak}/authorize?`);
    const session = keycloakClient.session(
      await keycloakClient.fetchToken(callbackOf(request), request),
    );
    for (const send of ["get", "fetch"] as const) {
      await session[send]("/moved");
      await session[send](`${keycloak}/api/me`);
    }
    expect((await keycloakClient.userInfo(session.token))["sub"]).toBe("ada");
    await session.revoke();
    expect(keycloakClient.logoutUrl()).toMatch(`${keycloak}/logout?`);
    expect(server.received("/api/me").map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 4 }, () => "Bearer at-insecure-0002"),
    );
    expect(server.received("/me")).toHaveLength(1);
    expect(server.received("/revoke").length).toBeGreaterThan(0);
  });

  it("may be one of api.origins, and a session's allowedOrigins", async () => {
    const api = { baseUrl: "https://api.example.com", origins: [keycloak] };
    await client({ api }).session(token).get(`${keycloak}/api/me`);
    const session = client({ api: { baseUrl: "https://api.example.com" } }).session(token, {
      allowedOrigins: [keycloak],
    });
    await session.fetch(`${keycloak}/api/me`);
    expect(server.received("/api/me")).toHaveLength(2);
  });

  it("is published as one warning for each client, with the first request that has credentials", async () => {
    const first = client();
    expect(warnings).toEqual([]);
    await first.fetchClientCredentialsToken();
    await first.fetchClientCredentialsToken();
    await first.session(token).get("/me");
    expect(warnings).toEqual([
      {
        provider: "keycloak",
        code: "INSECURE_HTTP",
        message: expect.stringMatching(/plain http to http:\/\/keycloak:\d+, .*allowInsecureHttp/),
        details: { origin: keycloak },
      },
    ]);
    await client().session(token).fetch("/me");
    expect(warnings).toHaveLength(2);
  });

  it("makes no warning where everything is https or on this machine", async () => {
    const loopback = client({
      endpoints: { token: `${server.origin}/token` },
      api: { baseUrl: `${server.origin}/api` },
    });
    await loopback.fetchClientCredentialsToken();
    await loopback.session(token).get("/me");
    expect(warnings).toEqual([]);
  });
});

describe("every other http origin is refused", () => {
  it.each([
    ["endpoints.token", { endpoints: { token: `${OTHER}/token` } }],
    ["endpoints.jwks", { endpoints: { token: "https://id.example/t", jwks: `${OTHER}/jwks` } }],
    ["api.baseUrl", { api: { baseUrl: OTHER } }],
    ["api.origins[0]", { api: { baseUrl: "https://api.example", origins: [OTHER] } }],
  ])("in the definition's %s", (field, changes) => {
    expect(() => defineProvider(definition(changes))).toThrow(field);
  });

  it.each(["keycloak", "www.keycloak", "keycloak.example"])("at the port 1 of %s", (host) => {
    const endpoints = { token: `http://${host}:1/token` };
    expect(() => defineProvider(definition({ endpoints }))).toThrow(
      "endpoints.token must use https. Plain http is for this machine only (localhost, 127.0.0.1, [::1]), and for the origins in allowInsecureHttp of the definition",
    );
  });

  it("in the redirect URI, which is the browser's side", () => {
    expect(() => client({}, { redirectUri: `${keycloak}/callback` })).toThrow(
      "redirectUri must use https",
    );
  });

  it.each(["get", "fetch"] as const)(
    "in a request by session.%s, and in a redirect",
    async (send) => {
      const session = client().session(token);
      expect(await rejectionOf(session[send](`${OTHER}/api/me`))).toMatchObject({
        code: "ORIGIN_NOT_ALLOWED",
      });
      expect(await rejectionOf(session[send]("/away"))).toMatchObject({ code: "REDIRECT_REFUSED" });
      expect(server.received("/api/me")).toEqual([]);
    },
  );

  it("in a session's allowedOrigins", () => {
    expect(() => client().session(token, { allowedOrigins: [OTHER] })).toThrow(
      "allowedOrigins[0] must be an https origin",
    );
  });

  it("in the URL that a hook gives a token request", async () => {
    const hooks = {
      tokenRequest: <Value extends object>(value: Value) => ({
        ...value,
        url: named("other", server.origin),
      }),
    };
    const error = await thrown(client({}, { hooks }).fetchClientCredentialsToken());
    expect(error).toMatchObject({ code: "INSECURE_HTTP" });
    expect(error.message).toContain("allowInsecureHttp");
    expect(server.requests).toEqual([]);
  });
});

describe("nobody but the definition can name one", () => {
  it("not the client's options, nor those of a session", () => {
    expect(() => client({ allowInsecureHttp: [] })).toThrow("endpoints.token must use https");
    for (const option of ["options of the client", "options of a session"]) {
      const given = { allowInsecureHttp: [OTHER] };
      const use = (): unknown =>
        option.endsWith("client")
          ? client({}, given as object)
          : client().session(token, given as object);
      expect(use).toThrow("allowInsecureHttp is not an option");
    }
  });

  it("not the URLs that replace the definition's", () => {
    const overrides = { token: `${OTHER}/token`, allowInsecureHttp: [OTHER] };
    expect(() => defineProvider(definition(), overrides)).toThrow("must use https");
  });

  it("not later changes to the list", () => {
    const list = [keycloak];
    const { provider } = client({ allowInsecureHttp: list });
    list.push(OTHER);
    expect(() => (provider.allowInsecureHttp as string[]).push(OTHER)).toThrow(TypeError);
    expect(provider.allowInsecureHttp).toEqual([keycloak]);
  });
});

describe("allowInsecureHttp refuses what is no exact http origin", () => {
  it.each([
    "https://keycloak:8080",
    "http://keycloak:8080/",
    "http://keycloak:8080/realms",
    "http://keycloak:8080?x",
    "http://*.acme.internal",
    "http://*",
    "http://keycloak:80",
    "http://KEYCLOAK:8080",
    "http://user@keycloak:8080",
    "keycloak:8080",
    "*",
    "",
    1,
  ])("as in %j", (origin) => {
    expect(() =>
      defineProvider(definition({ allowInsecureHttp: [keycloak, origin as string] })),
    ).toThrow(
      'allowInsecureHttp[1] must be an exact http origin, for example "http://keycloak:8080"',
    );
  });

  it.each(["http://keycloak:8080", true, {}])("as in %j, which is no list", (value) => {
    expect(() =>
      defineProvider(definition({ allowInsecureHttp: value as unknown as string[] })),
    ).toThrow("allowInsecureHttp must be an array of origins");
  });
});
