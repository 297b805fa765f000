import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  type OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type ProviderApi,
  Token,
} from "@grantkit/core";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { polluted } from "./support/prototype-traps.ts";
import { thrown } from "./support/thrown.ts";

// As Salesforce: each customer has an instance of their own, which the token response names.
let first: LoopbackServer;
let second: LoopbackServer;
let evil: LoopbackServer;
let example: ExampleProvider;

beforeAll(async () => {
  [first, second, evil] = await Promise.all([
    LoopbackServer.start(),
    LoopbackServer.start(),
    LoopbackServer.start(() => ({ body: {} })),
  ]);
  example = await ExampleProvider.start();
});
beforeEach(() => {
  for (const server of [first, second, evil]) server.requests.length = 0;
  example.server.requests.length = 0;
  for (const server of [first, second]) server.answer = () => ({ body: { id: server.origin } });
});
afterAll(() => Promise.all([first, second, evil, example].map((server) => server.close())));

const definition = (changes: object = {}): { readonly api: ProviderApi } => ({
  api: {
    baseUrl: { tokenField: "instance_url", path: "/services/data/v62.0" },
    origins: [first.origin, second.origin, "https://*.my.salesforce.com"],
    ...changes,
  },
});

const client = (options: Partial<OAuth2ClientOptions> = {}, changes: object = {}): OAuth2Client =>
  example.client(options, definition(changes));

const tokenAt = (instance: unknown, fields: object = {}): Token =>
  Token.from({ accessToken: "at-tenant-0001", raw: { instance_url: instance }, ...fields });

const paths = (server: LoopbackServer): string[] => server.requests.map(({ url }) => url);

/** Every way to send a request. */
const WAYS: [string, (of: OAuth2Session, url: string) => Promise<unknown>, object?][] = [
  ["get", (of, url) => of.get(url)],
  ["fetch", (of, url) => of.fetch(url)],
  ["axios()", async (of, url) => (await of.axios()).get(url)],
  ["fetch through axios", (of, url) => of.fetch(url), { http: {} }],
];

describe.each(WAYS)(
  "a relative URL of an API whose base comes with the token: %s",
  (_n, send, options) => {
    it("is resolved against the base of the token", async () => {
      await send(client(options).session(tokenAt(first.origin)), "/sobjects?limit=1");
      await send(client(options).session(tokenAt(`${second.origin}/`)), "sobjects");
      expect(paths(first)).toEqual(["/services/data/v62.0/sobjects?limit=1"]);
      expect(paths(second)).toEqual(["/services/data/v62.0/sobjects"]);
      expect(first.requests[0]?.headers.authorization).toBe("Bearer at-tenant-0001");
    });

    it("stays below the base, and an absolute URL at the API's origins", async () => {
      const of = client(options).session(tokenAt(first.origin));
      for (const [url, code] of [
        ["../../v1", "URL_INVALID"],
        ["//evil.example/", "URL_INVALID"],
        [`${evil.origin}/`, "ORIGIN_NOT_ALLOWED"],
      ] as const) {
        expect(await thrown(send(of, url))).toMatchObject({ code });
      }
      await send(of, `${second.origin}/other`);
      expect([paths(first), paths(second), paths(evil)]).toEqual([[], ["/other"], []]);
    });

    it("follows the token when a refresh brings another base, also after a 401", async () => {
      const old = tokenAt(first.origin, { refreshToken: "rt-tenant-0001" });
      example.token = () => ({
        body: { access_token: "at-tenant-0002", token_type: "Bearer", instance_url: second.origin },
      });
      first.answer = () => ({ status: 401 });
      await send(client(options).session(old), "/sobjects?q=1");
      expect(paths(second)).toEqual(["/services/data/v62.0/sobjects?q=1"]);
      expect(second.requests[0]?.headers.authorization).toBe("Bearer at-tenant-0002");

      const expired = Token.from({ ...old.toJSON(), expiresAt: 1 });
      first.requests.length = 0;
      await send(client(options).session(expired), "/sobjects");
      expect([paths(first), paths(second).at(-1)]).toEqual([[], "/services/data/v62.0/sobjects"]);
    });

    it("keeps the base when the response to a refresh does not have it", async () => {
      const old = tokenAt(first.origin, { refreshToken: "rt-tenant-0003", expiresAt: 1 });
      example.token = () => ({ body: { access_token: "at-tenant-0003", token_type: "Bearer" } });
      const of = client(options).session(old);
      await send(of, "/sobjects");
      expect(paths(first)).toEqual(["/services/data/v62.0/sobjects"]);
      expect(of.token.raw["instance_url"]).toBe(first.origin);
    });

    it("waits for the first token of a session that gets its own", async () => {
      example.token = () => ({
        body: { access_token: "at-app-0001", token_type: "Bearer", instance_url: first.origin },
      });
      await send(client(options).clientCredentialsSession(), "/limits");
      expect(paths(first)).toEqual(["/services/data/v62.0/limits"]);
    });

    it.each<[string, () => unknown, string]>([
      ["another origin", () => evil.origin, "ORIGIN_NOT_ALLOWED"],
      ["another host", () => "https://salesforce.example", "ORIGIN_NOT_ALLOWED"],
      ["a subdomain too deep", () => "https://a.b.my.salesforce.com", "ORIGIN_NOT_ALLOWED"],
      ["plain http", () => "http://acme.my.salesforce.com", "ORIGIN_NOT_ALLOWED"],
      ["another port", () => "https://acme.my.salesforce.com:8443", "ORIGIN_NOT_ALLOWED"],
      ["a user name", () => "https://u:p@acme.my.salesforce.com", "TOKEN_INVALID"],
      ["a query", () => "https://acme.my.salesforce.com/?a=", "TOKEN_INVALID"],
      ["an empty fragment", () => "https://acme.my.salesforce.com/#", "TOKEN_INVALID"],
      ["white space", () => " https://acme.my.salesforce.com", "TOKEN_INVALID"],
      ["a backslash", () => "https:\\\\acme.my.salesforce.com", "TOKEN_INVALID"],
      ["no URL", () => "acme.my.salesforce.com", "TOKEN_INVALID"],
      ["another scheme", () => "blob:https://acme.my.salesforce.com/x", "TOKEN_INVALID"],
      ["a list", () => ["https://acme.my.salesforce.com"], "TOKEN_INVALID"],
      ["nothing", () => undefined, "TOKEN_INVALID"],
    ])(
      "is refused before a socket opens if the token has %s as its base",
      async (_name, make, code) => {
        const of = client(options).session(tokenAt(make()));
        const error = await thrown(send(of, "/sobjects"));
        expect(error).toMatchObject({
          name: "OAuthError",
          code,
          details: { field: "instance_url" },
        });
        expect(error.message).toMatch(/instance_url.*https:\/\/\*\.my\.salesforce\.com/);
        expect([...first.requests, ...evil.requests]).toEqual([]);
      },
    );

    it("takes no base from Object.prototype", async () => {
      const of = client(options).session(Token.from({ accessToken: "at-tenant-0004" }));
      const refused = () => thrown(send(of, "/sobjects"));
      expect(await polluted({ instance_url: first.origin }, refused)).toMatchObject({
        code: "TOKEN_INVALID",
      });
    });
  },
);

describe("an API whose base comes with the token", () => {
  it("is where user info comes from, after a sign-in", async () => {
    example.token = () => ({
      body: { access_token: "at-tenant-0005", token_type: "Bearer", instance_url: first.origin },
    });
    const of = client();
    const request = await of.authorizationRequest();
    const token = await of.fetchToken(callbackOf(request), request);
    expect(await of.userInfo(token)).toEqual({ id: first.origin });
    expect(await of.clientCredentialsSession().profile()).toMatchObject({ id: first.origin });
    expect(paths(first)).toEqual(["/services/data/v62.0/me", "/services/data/v62.0/me"]);
  });

  it("is the same after the token was stored as JSON, and for requests without the token", async () => {
    const stored = JSON.parse(JSON.stringify(tokenAt(first.origin))) as { accessToken: string };
    const of = client().session(stored);
    await of.get("/limits", { withholdToken: true });
    expect(first.requests[0]).toMatchObject({ url: "/services/data/v62.0/limits" });
    expect(first.requests[0]?.headers.authorization).toBeUndefined();
  });

  it("gives hooks the resolved URL, and resolves theirs", async () => {
    const seen: string[] = [];
    const hooks: OAuth2ClientOptions["hooks"] = {
      protectedRequest: (request) => {
        seen.push(request.url);
        return { ...request, url: "/changed" };
      },
    };
    await client({ hooks }).session(tokenAt(first.origin)).get("/limits");
    expect(seen).toEqual([`${first.origin}/services/data/v62.0/limits`]);
    expect(paths(first)).toEqual(["/services/data/v62.0/changed"]);
  });

  it("waits for the first token no longer than the request may take", async () => {
    example.token = () => "hang";
    const of = client({ retries: false }).clientCredentialsSession();
    const error = await thrown(of.get("/limits", { timeout: 50 }));
    expect(error).toMatchObject({ code: "TIMEOUT", retryable: true });
    const abort = new AbortController();
    const waiting = thrown(of.get("/limits", { signal: abort.signal }));
    abort.abort();
    expect(await waiting).toMatchObject({ name: "CanceledError", code: "ERR_CANCELED" });
  });

  it("is replaced as a whole by the API of an emulator", async () => {
    const endpoints = { token: `${example.origin}/token` };
    const provider = defineProvider(
      { name: "example", endpoints, ...definition() },
      { ...endpoints, api: `${second.origin}/emulated` },
    );
    expect(provider.api).toEqual({ baseUrl: `${second.origin}/emulated`, origins: [] });
  });

  it.each<[string, object, RegExp]>([
    ["origins", { origins: undefined }, /api\.origins is missing: .*not trusted/],
    ["an origin", { origins: [] }, /api\.origins is missing/],
    ["a field", { baseUrl: {} }, /api\.baseUrl\.tokenField must be/],
    ["a path", { baseUrl: { tokenField: "f", path: "//evil" } }, /api\.baseUrl\.path must be/],
    ["a path", { baseUrl: { tokenField: "f", path: "/a?b" } }, /api\.baseUrl\.path must be/],
    ["a path", { baseUrl: { tokenField: "f", path: "/a/../b" } }, /api\.baseUrl\.path must be/],
    ["no other field", { baseUrl: { tokenFeild: "f" } }, /tokenFeild/],
  ])("needs %s in its definition: %j", (_name, changes, problem) => {
    expect(() => client({}, changes)).toThrow(problem);
  });
});
