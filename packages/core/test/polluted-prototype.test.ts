import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  bearer,
  clientSecretJwt,
  defineProvider,
  encrypted,
  MemoryTokenStore,
  OAuth2Client,
  type OAuth2ClientOptions,
  OAuthError,
  openIdProfile,
  placeToken,
  privateKeyJwt,
  signedClientSecret,
  tlsClientAuth,
  Token,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { optionalFields, polluted, readsFromPrototype } from "./support/prototype-traps.ts";

const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;

const EC = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;

let example: ExampleProvider;
let evil: LoopbackServer;

beforeAll(async () => {
  example = await ExampleProvider.start();
  evil = await LoopbackServer.start(() => ({ body: {} }));
});
beforeEach(() => {
  example.server.requests.length = 0;
  evil.requests.length = 0;
});
afterAll(() => Promise.all([example.close(), evil.close()]));

describe("a property that somebody has put on Object.prototype", () => {
  const additions: [string, (origin: string) => unknown][] = [
    ["baseURL", (origin) => origin],
    ["proxy", (origin) => ({ host: "127.0.0.1", port: Number(new URL(origin).port) })],
    ["headers", () => ({ authorization: "Bearer evil", "x-evil": "1" })],
    ["auth", () => ({ username: "evil", password: "evil" })],
    ["transformRequest", () => () => "evil"],
    ["params", () => ({ evil: "1" })],
    ["allowedOrigins", (origin) => [origin]],
    ["maxRedirects", () => 0],
    ["withholdToken", () => true],
    ["retries", () => 10],
    ["method", () => "DELETE"],
    ["body", () => "evil"],
    ["signal", () => AbortSignal.abort()],
    ["signal", () => "evil"],
    ["timeout", () => 1],
    ["timeout", () => "evil"],
    ["cancelToken", () => ({ throwIfRequested: () => undefined, reason: "evil" })],
  ];
  it.each(additions)("changes no request: %s", async (name, value) => {
    const client = example.client();
    const session = client.session(example.grant({ accessToken: CANARY.accessToken }));
    await session.get("/warm");
    await rejectionOf(client.refreshToken({ accessToken: "a-b-c-d", refreshToken: "rt-1" })).catch(
      () => undefined,
    );
    example.server.requests.length = 0;
    await polluted({ [name]: value(evil.origin) }, async () => {
      await session.get("/me");
      await session.post("/me", { a: 1 });
      await session.fetch("/me");
      await client.refreshToken({ accessToken: "a-b-c-e", refreshToken: "rt-2" });
    });
    expect(evil.requests).toEqual([]);
    const [get, post, fetched, refresh] = example.server.requests;
    for (const request of [get, post, fetched]) {
      expect(request?.url).toBe("/api/me");
      expect(request?.headers.authorization).toBe(`Bearer ${CANARY.accessToken}`);
    }
    expect(post?.body).toBe('{"a":1}');
    expect(refresh?.url).toBe("/token");
    expect(new URLSearchParams(refresh?.body).get("refresh_token")).toBe("rt-2");
    for (const request of example.server.requests) {
      expect(JSON.stringify(request)).not.toContain("evil");
    }
  });
});

describe("a property on the Object.prototype of what parses responses", () => {
  it.each([
    ["scope", ["evil"]],
    ["scope", "evil"],
    ["expires_in", "evil"],
    ["refresh_token", ["evil"]],
    ["refresh_token", "evil"],
    ["id_token", 1],
    ["token_type", "evil"],
    ["active", true],
  ])("is no field of a response: %s", async (name, value) => {
    // Jest runs tests in a realm of their own.
    const parsed = (await Response.json({}).json()) as object;
    const platform = Object.getPrototypeOf(parsed) as object;
    expect(platform).not.toBe(Object.prototype);
    const client = example.client();
    await client.fetchClientCredentialsToken();
    Object.defineProperty(platform, name, { value, configurable: true, writable: true });
    try {
      const token = await client.refreshToken({ accessToken: "a-b-c-d", refreshToken: "rt-7" });
      const own = await client.fetchClientCredentialsToken();
      expect(JSON.stringify([token, own])).not.toContain("evil");
    } finally {
      Reflect.deleteProperty(platform, name);
    }
  });
});

describe("a property on Object.prototype before a client is made", () => {
  const secrets = { clientId: "id", redirectUri: "https://app.example.com/cb" };
  const define = () => {
    const at = example.origin;
    return defineProvider({
      name: "example",
      endpoints: { authorization: `${at}/authorize`, token: `${at}/token` },
      api: { baseUrl: `${at}/api` },
    });
  };
  const theirs: [string, (origin: string) => unknown][] = [
    ["http", (origin) => ({ baseURL: origin, proxy: proxyAt(origin) })],
    ["fetch", (origin) => () => fetch(origin)],
    ["tokenPlacement", () => "query"],
    ["clientSecret", () => "evil-secret"],
    ["clientAuthentication", () => "basic"],
    ["clientParameters", () => ({ id: "evil_id" })],
    ["grantedScopeDelimiter", () => ";"],
    ["hooks", (origin) => ({ tokenRequest: () => ({ url: origin }) })],
    ["tokenRequest", (origin) => (value: object) => ({ ...value, url: `${origin}/token` })],
    ["protectedRequest", (origin) => (value: object) => ({ ...value, url: `${origin}/evil` })],
    ["userInfo", (origin) => `${origin}/evil`],
    ["origins", (origin) => [origin]],
    ["allowedOrigins", (origin) => [origin]],
    ["headers", () => ({ "x-evil": "1" })],
    ["request", (origin) => () => ({ url: origin })],
    ["redirectUri", () => "https://evil.example/cb"],
    ["scope", () => ["evil"]],
    ["defaultScope", () => ["evil"]],
    ["parameters", () => ({ evil: "1" })],
    ["authorizationParameters", () => () => ({ evil: "1" })],
    ["responseType", () => "token"],
    ["responseMode", () => "form_post"],
    ["resource", () => "https://evil.example"],
    ["pushed", () => true],
    ["dpop", () => true],
    ["hint", () => "refresh_token"],
    ["strictScope", () => true],
    ["expiredToken", () => ({ status: 200 })],
    ["store", () => ({})],
    ["token", () => ({ accessToken: "evil-token" })],
    ["accessToken", () => "evil-token"],
    ["refreshToken", () => "evil-refresh"],
    ["nonce", () => "evil"],
  ];
  it.each(theirs)(
    "is not read as an option of a client, a call or a session: %s",
    async (name, value) => {
      example.accepted.add("at-first-0001");
      await polluted({ [name]: value(evil.origin) }, async () => {
        const client = new OAuth2Client(define(), secrets);
        const request = await client.authorizationRequest({});
        const sent = new URL(request.url);
        expect([...sent.searchParams.keys()].toSorted()).toEqual([
          "client_id",
          "code_challenge",
          "code_challenge_method",
          "redirect_uri",
          "response_type",
          "state",
        ]);
        expect(sent.searchParams.get("redirect_uri")).toBe(secrets.redirectUri);
        expect(sent.searchParams.get("response_type")).toBe("code");
        const token = await client.fetchToken(callbackOf(request), request);
        expect(token.accessToken).toBe("at-first-0001");
        expect(token.refreshToken).toBeUndefined();
        const session = client.session(token);
        expect((await session.get("/me")).data).toEqual({ hello: "world" });
        expect((await session.fetch("/me")).status).toBe(200);
        await rejectionOf(client.storedSession({} as never));
      });
      expect(evil.requests).toEqual([]);
      const [exchange, ...calls] = example.server.requests;
      expect([...new URLSearchParams(exchange?.body).keys()].toSorted()).toEqual([
        "client_id",
        "code",
        "code_verifier",
        "grant_type",
        "redirect_uri",
      ]);
      expect(exchange?.headers.authorization).toBeUndefined();
      expect(calls.map(({ url }) => url)).toEqual(["/api/me", "/api/me"]);
      for (const { headers } of calls) expect(headers.authorization).toBe("Bearer at-first-0001");
      expect(JSON.stringify(example.server.requests)).not.toContain("evil");
    },
  );
});

function proxyAt(origin: string) {
  return { host: "127.0.0.1", port: Number(new URL(origin).port) };
}

describe("every public entry", () => {
  const device = {
    deviceCode: "device-code-0001",
    userCode: "ABCD",
    verificationUri: "https://id.example.com/device",
    expiresAt: Date.now() + 60_000,
    interval: 0.001,
    scope: [],
  };
  const record = { accessToken: "at-first-0001", refreshToken: "rt-first-0001" };
  /** One call or more of each method of a client, by its name. */
  const calls: Record<string, (client: OAuth2Client) => unknown> = {
    authorizationRequest: (client) => client.authorizationRequest({}),
    fetchToken: async (client) => {
      const request = await client.authorizationRequest();
      await client.fetchToken(callbackOf(request), request, {});
    },
    fetchTokenByCode: async (client) => {
      await client.fetchTokenByCode("code", { redirectUri: "postmessage" });
      await rejectionOf(client.fetchTokenByCode("code", { redirectUri: "", nonce: "n" }));
    },
    tokenFromFragment: async (client) => {
      const request = await client.authorizationRequest({ responseType: "token" });
      const fragment = `access_token=at-first-0001&token_type=Bearer&state=${request.state}`;
      await client.tokenFromFragment(`https://app.example.com/cb#${fragment}`, request);
    },
    fetchClientCredentialsToken: (client) => client.fetchClientCredentialsToken({}),
    fetchPasswordToken: (client) => client.fetchPasswordToken({ username: "u", password: "p" }),
    fetchDeviceAuthorization: (client) => rejectionOf(client.fetchDeviceAuthorization({})),
    fetchDeviceToken: (client) => client.fetchDeviceToken(device, {}),
    fetchJwtBearerToken: (client) => client.fetchJwtBearerToken({ claims: { sub: "u" }, key: PEM }),
    exchangeToken: (client) => client.exchangeToken({ subjectToken: "subject-0001" }),
    refreshToken: async (client) => {
      await client.refreshToken(record);
      await client.refreshToken(record, { scope: ["read"] });
    },
    revokeToken: (client) => rejectionOf(client.revokeToken(Token.from(record), {})),
    introspectToken: (client) => rejectionOf(client.introspectToken(Token.from(record), {})),
    logoutUrl: (client) => client.logoutUrl({}),
    userInfo: (client) => client.userInfo(record),
    profile: (client) => client.profile(record),
    verifyIdToken: (client) => rejectionOf(client.verifyIdToken("a.b.c", {})),
    verifyLogoutToken: (client) => rejectionOf(client.verifyLogoutToken("a.b.c", {})),
    verifySecurityEvent: (client) => rejectionOf(client.verifySecurityEvent("a.b.c", {})),
    session: async (client) => {
      const session = client.session(record, {});
      await session.get("/me", {});
      await session.get("/me");
      await session.request({ url: "/me" });
      await session.post("/me", { a: 1 }, {});
      await session.fetch("/me", {});
      await session.fetch("/me");
      await (await session.axios()).get("/me");
      await session.refresh();
      await rejectionOf(session.revoke());
    },
    clientCredentialsSession: (client) => client.clientCredentialsSession({}).get("/me"),
    jwtBearerSession: (client) =>
      client.jwtBearerSession({ claims: { sub: "u" }, key: PEM }).get("/me"),
    storedSession: async (client) => {
      const session = await client.storedSession({
        store: new MemoryTokenStore(),
        key: "u",
        token: record,
      });
      await session.refresh();
      await session.get("/me");
    },
  };

  /** Functions and classes that are no methods of a client. */
  const others: Record<string, () => unknown> = {
    "Token.from": () => [Token.from(record), Token.from({ access_token: "a-b-c" }, {})],
    bearer: () => bearer("a-b-c"),
    placeToken: () => placeToken({}, "a-b-c", { in: "query" }),
    privateKeyJwt: () => madeClient({ clientAuthentication: privateKeyJwt({ key: PEM }) }),
    clientSecretJwt: () => madeClient({ clientAuthentication: clientSecretJwt({}) }),
    clientSecretJwtAsData: () =>
      madeClient({ clientAuthentication: { method: "client_secret_jwt" } }),
    tlsClientAuth: () => madeClient({ clientAuthentication: tlsClientAuth() }),
    dpop: () => rejectionOf(madeClient({ dpop: { key: PEM } })),
    tokenPlacement: () => madeClient({ tokenPlacement: { in: "header" } }),
    expiredToken: () =>
      example
        .client({}, { expiredToken: { status: 403 } })
        .session(record)
        .get("/me"),
    clientSecret: () => madeClient({ clientSecret: () => ({ secret: "s3cret" }) }),
    signedClientSecret: () => {
      const named = { issuer: "i", subject: "s", audience: "a" };
      return madeClient({ clientSecret: signedClientSecret({ ...named, key: EC }) });
    },
    headerOfItsOwn: () =>
      rejectionOf(
        example
          .client({ tokenPlacement: { in: "header", name: "X-Token" } })
          .session(record)
          .get("/me"),
      ),
    apiOfTheToken: () =>
      example
        .client(
          {},
          {
            api: {
              baseUrl: { tokenField: "base" },
              origins: [example.origin],
              headers: ({ clientId }) => ({ "Client-Id": clientId }),
            },
          },
        )
        .session({ ...record, raw: { base: `${example.origin}/api` } })
        .get("/me"),
    tokenRequestBody: () =>
      example.client({}, { tokenRequestBody: "json" }).fetchClientCredentialsToken({}),
    hooks: () => madeClient({ hooks: {} }),
    callbackParameters: async () => {
      const client = example.client({}, { pkce: false, callbackParameters: ["a", { name: "b" }] });
      const request = await client.authorizationRequest();
      await client.fetchToken(callbackOf(request, { a: "1", b: "2" }), request);
    },
    userInfoRequest: async () => {
      for (const userInfoRequest of [{}, { json: null }, { form: { a: "b" } }]) {
        await example.client({}, { userInfoRequest }).userInfo(record);
      }
      await example.client({}, { userInfo: (api) => api.post("/me", {}) }).userInfo(record);
    },
    renew: () => {
      const endpoint = `${example.origin}/token`;
      const renew = { endpoint, grantType: "exchange", tokenParameter: "access_token" };
      return example.client({}, { renew }).refreshToken({ accessToken: "at-first-0001" });
    },
    revoke: async () => {
      const client = example.client(
        {},
        {
          revoke: async (api) => {
            await api.withToken({ method: "POST", url: "/me" });
            await api.withClient({ method: "POST", url: `${example.origin}/token` });
            const credentials = { id: "a", secret: "b" };
            const url = `${example.origin}/token`;
            await api.withClient({ method: "POST", url, json: {}, credentials });
          },
        },
      );
      await client.revokeToken("at-first-0001");
      await client.session({ accessToken: "at-first-0001" }).revoke();
    },
    http: () => madeClient({ http: {} }),
    fetchThroughAxios: () => example.client({ http: {} }).session(record).fetch("/me"),
    openIdProfile: () => openIdProfile({ sub: "u" }),
    OAuthError: () => new OAuthError("TIMEOUT", "It took too long.", {}).details,
    discover: () =>
      rejectionOf(OAuth2Client.discover(example.origin, { clientId: "id", provider: {} })),
    MemoryTokenStore: () => new MemoryTokenStore({}).get("u"),
    encrypted: async () => {
      const keys = { id: "a", key: "ab".repeat(32) };
      const store = encrypted(new MemoryTokenStore({}), { keys });
      await store.compareAndSet("u", undefined, record);
      await store.get("u");
      await store.check();
      await store.reencrypt();
      await encrypted(new MemoryTokenStore({}), { keys: () => [keys] }).check();
    },
    defineProvider: () =>
      defineProvider({ name: "other", endpoints: { token: "https://id.example.com/t" } }, {}),
  };

  const madeClient = (options: Partial<OAuth2ClientOptions>) =>
    example.client(options).fetchClientCredentialsToken({});

  const full = () =>
    example.client(
      {},
      {
        issuer: example.origin,
        endpoints: Object.fromEntries(
          [
            ["authorization", "/authorize"],
            ["token", "/token"],
            ["userInfo", "/api/me"],
            ["jwks", "/jwks"],
            ["revocation", "/revoke"],
            ["introspection", "/introspect"],
            ["deviceAuthorization", "/device"],
            ["endSession", "/logout"],
          ].map(([name, path]) => [name, `${example.origin}${path}`]),
        ) as never,
        idToken: { userInfoWithoutSub: true },
        profile: (raw) => ({ id: "u", raw }),
      },
    );

  it("is in the list below", () => {
    const methods = Object.getOwnPropertyNames(OAuth2Client.prototype);
    expect(methods.filter((name) => name !== "constructor").toSorted()).toEqual(
      Object.keys(calls).toSorted(),
    );
  });

  const names = optionalFields("core");
  const entries: [string, () => unknown][] = [
    ...Object.entries(calls).map(([name, call]): [string, () => unknown] => [
      name,
      () => call(full()),
    ]),
    ...Object.entries(others),
  ];
  it.each(entries)("reads own fields only: %s", async (_name, call) => {
    example.accepted.add("at-first-0001");
    const reads = await readsFromPrototype(names, call);
    expect(reads).toEqual([]);
  });
});
