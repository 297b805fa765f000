import { expect, it } from "@jest/globals";
import {
  ConfigurationError,
  defineProvider,
  MemoryTokenStore,
  OAuth2Client,
  privateKeyJwt,
  Token,
} from "@grantkit/core";
import { CANARY, expectNoCanary } from "./support/canaries.ts";

const ENDPOINTS = { authorization: "https://id.example.com/a", token: "https://id.example.com/t" };
const API = { baseUrl: "https://api.example.com" };

/** A valid provider, client and session, with the changes of one case. */
function make(changes: {
  readonly provider?: object;
  readonly client?: object;
  readonly session?: object;
}): void {
  const definition = { name: "example", endpoints: ENDPOINTS, api: API, ...changes.provider };
  const client = new OAuth2Client(
    defineProvider(definition as Parameters<typeof defineProvider>[0]),
    {
      clientId: "client-id",
      clientSecret: CANARY.clientSecret,
      redirectUri: "https://app.example.com/callback",
      ...changes.client,
    },
  );
  client.session(Token.from({ accessToken: CANARY.accessToken }), changes.session);
}

const SECRET = CANARY.clientSecret;
const endpoint = (name: string, url: unknown) => ({
  provider: { endpoints: { ...ENDPOINTS, [name]: url } },
});
const client = (options: object) => ({ client: options });
const provider = (fields: object) => ({ provider: fields });
const session = (options: object) => ({ session: options });

/** Bad options, each with the first word of its message. Each value is a canary: a secret in the wrong place. */
const BAD: [string, Parameters<typeof make>[0]][] = [
  ["name", provider({ name: SECRET.toUpperCase() })],
  ["issuer must", provider({ issuer: [SECRET] })],
  ["issuer.template must", provider({ issuer: { template: SECRET } })],
  [
    "issuer.values.tid[0] must",
    provider({
      issuer: { template: "https://id.example.com/{tid}", values: { tid: [`/${SECRET}`] } },
    }),
  ],
  ["idToken.nonce must", provider({ idToken: { nonce: SECRET } })],
  ["idToken.algorithms must not list none", provider({ idToken: { algorithms: ["None"] } })],
  ["idToken.algorithms must not mix", provider({ idToken: { algorithms: ["HS256", "ES256"] } })],
  ["idToken.authorizedParties must", provider({ idToken: { authorizedParties: SECRET } })],
  ["clientSecret is too short", provider({ idToken: { algorithms: ["HS256"] } })],
  ["issuerInCallback needs", provider({ issuerInCallback: true })],
  ["scopeDelimiter", provider({ scopeDelimiter: "" })],
  ["refreshTokenAdvice", provider({ refreshTokenAdvice: [SECRET] })],
  ["clientAuthentication", provider({ clientAuthentication: SECRET })],
  ["tokenPlacement", provider({ tokenPlacement: { in: SECRET } })],
  ["defaultScope must", provider({ defaultScope: SECRET })],
  ["defaultScope[0]", provider({ defaultScope: [`${SECRET} two`] })],
  ["defaultScope[1]", provider({ defaultScope: ["read", 7] })],
  ["hooks must", provider({ hooks: SECRET })],
  ["hooks.tokenReply", provider({ hooks: { tokenReply: () => undefined } })],
  ["hooks.tokenResponse", provider({ hooks: { tokenResponse: SECRET } })],
  ["hooks.tokenRequest", provider({ hooks: { tokenRequest: [SECRET] } })],
  ["endpoints must be", provider({ endpoints: SECRET })],
  ["endpoints.token must be", endpoint("token", SECRET)],
  ["endpoints.token must use", endpoint("token", `http://id.example.com/?s=${SECRET}`)],
  ["endpoints.token must have", endpoint("token", `https://id:${SECRET}@id.example.com/`)],
  ["endpoints.authorization must be", endpoint("authorization", `/authorize?s=${SECRET}`)],
  ["endpoints.authorization must use", endpoint("authorization", "ftp://id.example.com")],
  [
    "endpoints.authorization must have",
    endpoint("authorization", `https://${SECRET}@a.example/#b`),
  ],
  ["endpoints.userInfo must be", endpoint("userInfo", 7)],
  ["endpoints.userInfo must use", endpoint("userInfo", "http://10.0.0.1/me")],
  ["endpoints.jwks must be", endpoint("jwks", "/keys")],
  ["endpoints.jwks must use", endpoint("jwks", "http://id.example.com/keys")],
  ["endpoints.revocation must be", endpoint("revocation", SECRET)],
  ["endpoints.introspection must be", endpoint("introspection", SECRET)],
  ["endpoints.deviceAuthorization must be", endpoint("deviceAuthorization", "")],
  ["endpoints.pushedAuthorization must be", endpoint("pushedAuthorization", null)],
  ["endpoints.endSession must use", endpoint("endSession", "http://id.example.com/logout")],
  ["endpoints.userinfo is not an option", endpoint("userinfo", "https://id.example.com/me")],
  ["api must be", provider({ api: SECRET })],
  ["api.baseUrl must be", provider({ api: { baseUrl: SECRET } })],
  ["api.baseUrl must use", provider({ api: { baseUrl: `http://api.example.com/${SECRET}` } })],
  ["api.baseUrl must have", provider({ api: { baseUrl: `https://${SECRET}@api.example.com` } })],
  ["api.origins must", provider({ api: { ...API, origins: SECRET } })],
  ["api.origins[0] must", provider({ api: { ...API, origins: [`http://${SECRET}.example`] } })],
  ["api.origins[1] must", provider({ api: { ...API, origins: ["https://a.example", SECRET] } })],
  ["scopes is not an option", provider({ scopes: ["read"] })],
  ["authorizationParameters must be a function", provider({ authorizationParameters: { SECRET } })],
  ["userInfo must be a function", provider({ userInfo: SECRET })],
  ["errorAliases must be", provider({ errorAliases: SECRET })],
  ["errorAliases.gone must be an error code", provider({ errorAliases: { gone: "invalid_grnt" } })],
  ["profile must be", provider({ profile: SECRET })],
  ["readError must be", provider({ readError: SECRET })],
  ["clientId is missing", client({ clientId: "" })],
  ["clientId must", client({ clientId: ` ${SECRET}` })],
  ["clientSecret is empty", client({ clientSecret: "" })],
  ["clientSecret is undefined", client({ clientSecret: undefined })],
  ["clientSecret must", client({ clientSecret: `${SECRET}\n` })],
  ["redirectUri is missing", client({ redirectUri: undefined })],
  ["redirectUri must be", client({ redirectUri: SECRET })],
  ["redirectUri must use", client({ redirectUri: `http://app.example.com/?s=${SECRET}` })],
  ["redirectUri must have", client({ redirectUri: `https://app.example.com/#${SECRET}` })],
  [
    "redirectUri must have no white",
    client({ redirectUri: `https://app.example.com/${SECRET}\n` }),
  ],
  ["redirectUri has no scheme", client({ redirectUri: `${SECRET}:8080/callback` })],
  ["timeout", client({ timeout: SECRET })],
  ["http must", client({ http: SECRET })],
  ["fetch", client({ fetch: SECRET })],
  ["clock", client({ clock: SECRET })],
  ["random", client({ random: SECRET })],
  ["dpop", client({ dpop: SECRET })],
  ["strictScope", client({ strictScope: SECRET })],
  ["onScopeChange", client({ onScopeChange: SECRET })],
  ["retries", client({ retries: SECRET })],
  ["clientSecrets is not an option", client({ clientSecrets: SECRET })],
  ["onTokenUpdate", session({ onTokenUpdate: SECRET })],
  ["refresh must", session({ refresh: SECRET })],
  ["leeway", session({ leeway: SECRET })],
  ["allowedOrigins must", session({ allowedOrigins: SECRET })],
  ["allowedOrigins[0] must", session({ allowedOrigins: [SECRET] })],
  ["renew", session({ renew: SECRET })],
];

function errorOf(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

it("the configuration that the following cases change is valid itself", () => {
  expect(() => make({})).not.toThrow();
});

it.each(BAD)("a bad option is refused in one sentence that begins with its name: %s", (...row) => {
  const [begins, changes] = row;
  const error = errorOf(() => make(changes));
  expect(error.problems).toHaveLength(1);
  expect(error.problems[0]?.startsWith(begins)).toBe(true);
  expectNoCanary(error, CANARY.clientSecret.toUpperCase());
});

it("sixty bad configurations have sixty messages, no two of them alike", () => {
  const messages = BAD.map(([, changes]) => errorOf(() => make(changes)).problems[0]);
  expect(messages.length).toBeGreaterThanOrEqual(60);
  expect(new Set(messages).size).toBe(messages.length);
});

it("all problems of the client and of its provider are listed in one error", () => {
  const error = errorOf(
    () =>
      new OAuth2Client(
        () =>
          defineProvider({ name: "Example", endpoints: { token: SECRET }, scopes: [] } as never),
        { clientId: "", clientSecret: " ", redirectUri: SECRET, timeout: 0 },
      ),
  );
  expect(error.problems.map((problem) => problem.split(" ")[0])).toEqual([
    "scopes",
    "name",
    "endpoints.token",
    "clientId",
    "clientSecret",
    "redirectUri",
    "timeout",
  ]);
});

it.each([
  ["a store that is none", { store: { get: SECRET }, key: "k" }, "store must"],
  ["an empty key", { store: new MemoryTokenStore(), key: "" }, "key must"],
  ["a key that is no text", { store: new MemoryTokenStore(), key: 7 }, "key must"],
  ["no options", undefined, "store must"],
  ["a wrong option", { store: new MemoryTokenStore(), key: "k", leeway: -1 }, "leeway must"],
])("a stored session with %s is refused", async (_name, stored, begins) => {
  const owner = new OAuth2Client(
    defineProvider({ name: "example", endpoints: ENDPOINTS, api: API }),
    { clientId: "client-id", redirectUri: "https://app.example.com/callback" },
  );
  const error: unknown = await Promise.resolve()
    .then(() => owner.storedSession(stored as never))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect((error as ConfigurationError).problems[0]?.startsWith(begins)).toBe(true);
  expect((error as ConfigurationError).message).toContain("storedSession()");
  expectNoCanary(error);
});

it("session() takes a token and no store: storedSession() does", () => {
  const owner = new OAuth2Client(
    defineProvider({ name: "example", endpoints: ENDPOINTS, api: API }),
    { clientId: "client-id", redirectUri: "https://app.example.com/callback" },
  );
  const stored = { store: new MemoryTokenStore(), key: "k" };
  expect(() => owner.session(stored as never)).toThrow(/accessToken is missing/);
  expect(() => owner.session({ accessToken: "at" }, stored as never)).toThrow(
    /session\(\).*store is not an option.*key is not an option/s,
  );
});

it("the error about a key that cannot sign does not show the key", async () => {
  const owner = new OAuth2Client(
    defineProvider({ name: "example", endpoints: ENDPOINTS, api: API }),
    {
      clientId: "client-id",
      redirectUri: "https://app.example.com/callback",
      clientAuthentication: privateKeyJwt({ key: SECRET }),
    },
  );
  const error: unknown = await owner.fetchClientCredentialsToken().catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expectNoCanary(error);
});
