import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  MemoryTokenStore,
  type OAuth2Client,
  type ProviderDefinition,
  Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { callbackFor, GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

type Kept = NonNullable<ProviderDefinition["callbackParameters"]>;

let endpoint: TokenEndpoint;
beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

const callbackWith = (request: AuthorizationRequest, query: string): string =>
  `${callbackFor(request)}&${query}`;

async function signedIn(client: OAuth2Client, query: string): Promise<Token> {
  const request = await client.authorizationRequest();
  return client.fetchToken(callbackWith(request, query), request);
}

const keeping = (callbackParameters: Kept): OAuth2Client => endpoint.client({ callbackParameters });

describe("callbackParameters", () => {
  it("keep the named parameters in token.raw, and no others", async () => {
    const token = await signedIn(keeping(["realmId", "user"]), "realmId=46208&user=%7B%7D&x=1");
    expect(token.raw).toEqual({ realmId: "46208", user: "{}" });
    expect(endpoint.form()).not.toHaveProperty("realmId");
  });

  it("keep them from a posted form (Apple)", async () => {
    const client = keeping(["user"]);
    const request = await client.authorizationRequest({ responseMode: "form_post" });
    const user = JSON.stringify({ name: { firstName: "Ada" } });
    const form = new URLSearchParams({ code: "c", state: request.state, user });
    const posted = new Request("https://app.example.com/callback", { method: "POST", body: form });
    expect((await client.fetchToken(posted, request)).raw).toEqual({ user });
  });

  it("leave out what the callback does not have", async () => {
    expect((await signedIn(keeping(["realmId"]), "x=1")).raw).toEqual({});
  });

  it("give way to the token response's own field", async () => {
    endpoint.answer({ body: { ...GOOD, realmId: "of the response" } });
    const token = await signedIn(keeping(["realmId"]), "realmId=of+the+callback");
    expect(token.raw).toEqual({ realmId: "of the response" });
  });

  it("survive JSON and a refresh", async () => {
    const client = keeping(["realmId"]);
    const stored = JSON.stringify(await signedIn(client, "realmId=46208"));
    const { refresh_token: _none, ...refreshed } = GOOD;
    endpoint.answer({ body: { ...refreshed, access_token: "second" } });
    const next = await client.refreshToken(Token.from(JSON.parse(stored)));
    expect(next).toMatchObject({ accessToken: "second", raw: { realmId: "46208" } });
  });

  it("survive a refresh in a store", async () => {
    const client = keeping(["realmId"]);
    const store = new MemoryTokenStore();
    const token = await signedIn(client, "realmId=46208");
    await (await client.storedSession({ store, key: "ada", token })).refresh();
    const later = await client.storedSession({ store, key: "ada" });
    expect(later.token.raw).toEqual({ realmId: "46208" });
    expect(endpoint.requests).toHaveLength(2);
  });

  it.each<[string, string, string]>([
    ["a parameter to keep", "realmId=1&realmId=2", "CALLBACK_INVALID"],
    ["a scope to keep", "scope=read&scope=write", "CALLBACK_INVALID"],
  ])("refuse a callback that repeats %s, before the code is sent", async (_what, query, code) => {
    const work = signedIn(keeping(["realmId", "scope"]), query);
    expect(await rejectionOf(work)).toMatchObject({ code });
    expect(endpoint.requests).toEqual([]);
  });

  it("ignore the repetition of a parameter that they do not name", async () => {
    expect((await signedIn(keeping(["realmId"]), "x=1&x=2")).raw).toEqual({});
  });

  it("believe nothing of a callback with a wrong state", async () => {
    const client = keeping([{ name: "device_id", tokenRequest: true }]);
    const request = await client.authorizationRequest();
    const forged = `/callback?code=c&state=forged&device_id=d`;
    expect(await rejectionOf(client.fetchToken(forged, request))).toMatchObject({
      code: "STATE_MISMATCH",
    });
    expect(endpoint.requests).toEqual([]);
  });

  it("are in the fragment of an implicit grant as well", async () => {
    const client = keeping(["realmId", "scope"]);
    const request = await client.authorizationRequest({ responseType: "token" });
    const fragment = `access_token=at&token_type=bearer&scope=read&realmId=7&state=${request.state}`;
    const token = await client.tokenFromFragment(`https://a.example/cb#${fragment}`, request);
    expect(token).toMatchObject({ scope: ["read"], raw: { realmId: "7" } });
  });
});

describe("a callback parameter for the token request (VK)", () => {
  /** Gives tokens only to those who send the device's id with the code and with each refresh. */
  const insist = (field: string): void =>
    endpoint.answer(({ body }) =>
      new URLSearchParams(body).get(field) === "device-7"
        ? { body: GOOD }
        : { status: 400, body: { error: "invalid_request" } },
    );

  it.each<[string, true | string]>([
    ["device_id", true],
    ["device", "device"],
  ])("is sent as %s with the code and with each refresh", async (field, tokenRequest) => {
    insist(field);
    const client = keeping([{ name: "device_id", tokenRequest }]);
    const token = await signedIn(client, "device_id=device-7");
    expect(token.raw).toEqual({ device_id: "device-7" });
    await client.session(JSON.parse(JSON.stringify(token))).refresh();
    expect(endpoint.requests).toHaveLength(2);
  });

  it("is not sent where it is only to be kept", async () => {
    insist("device_id");
    const client = keeping([{ name: "device_id", tokenRequest: false }, "other"]);
    expect(await rejectionOf(signedIn(client, "device_id=device-7"))).toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("reaches a tokenRequest hook, which can choose the server by it (Zoho)", async () => {
    const { origin } = endpoint.server;
    const servers = new Map([["https://accounts.zoho.example", `${origin}/token/eu`]]);
    const client = endpoint.client({
      callbackParameters: [{ name: "accounts-server", tokenRequest: true }],
      hooks: {
        tokenRequest: ({ body: { "accounts-server": server, ...body }, ...request }) => ({
          ...request,
          url: servers.get(String(server)) ?? request.url,
          body,
        }),
      },
    });
    await signedIn(client, "accounts-server=https%3A%2F%2Faccounts.zoho.example");
    await signedIn(client, "accounts-server=https%3A%2F%2Fevil.example");
    expect(endpoint.requests.map(({ url }) => url)).toEqual(["/token/eu", "/token"]);
    expect(endpoint.form()).not.toHaveProperty("accounts-server");
  });
});

describe("the scope of a callback (Strava)", () => {
  const strava = (): OAuth2Client =>
    endpoint.client({
      callbackParameters: ["scope"],
      scopeDelimiter: ",",
      defaultScope: ["read", "activity:read_all"],
    });
  const { scope: _scope, ...WITHOUT_SCOPE } = GOOD;

  it("is the granted scope where the token response has none, so that unticked scopes are reported", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    const token = await signedIn(strava(), "scope=read");
    expect(token.scope).toEqual(["read"]);
    expect(token.scopeChange).toEqual({ missing: ["activity:read_all"], additional: [] });
    const full = await signedIn(strava(), "scope=read%2Cactivity%3Aread_all");
    expect(full.scope).toEqual(["read", "activity:read_all"]);
    expect(full.scopeChange).toBeUndefined();
  });

  it("takes away only: what was not requested is not granted, whatever the callback says", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    const token = await signedIn(strava(), "scope=read%2Cadmin%2Cconstructor");
    expect(token.scope).toEqual(["read"]);
    expect(token.scopeChange).toEqual({ missing: ["activity:read_all"], additional: [] });
    expect((await strava().refreshToken(token)).scope).toEqual(["read"]);
  });

  it("has the names under which the provider grants scopes", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    const client = endpoint.client({
      callbackParameters: ["scope"],
      scopeAliases: { email: "https://acme.example/email" },
      defaultScope: ["email"],
    });
    const token = await signedIn(client, "scope=https%3A%2F%2Facme.example%2Femail");
    expect(token.scope).toEqual(["https://acme.example/email"]);
    expect(token.scopeChange).toBeUndefined();
  });

  it("stays the granted scope after a refresh", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    const token = await strava().refreshToken(await signedIn(strava(), "scope=read"));
    expect(token.scope).toEqual(["read"]);
    expect(token.scopeChange).toMatchObject({ missing: ["activity:read_all"] });
  });

  it("is none when it is empty, and as requested when it is missing", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    expect((await signedIn(strava(), "scope=")).scope).toEqual([]);
    expect((await signedIn(strava(), "x=1")).scope).toEqual(["read", "activity:read_all"]);
  });

  it("gives way to the scope of the token response, and is ignored unless the definition names it", async () => {
    endpoint.answer({ body: { ...GOOD, scope: "read,activity:read_all" } });
    expect((await signedIn(strava(), "scope=read")).scopeChange).toBeUndefined();
    endpoint.answer({ body: WITHOUT_SCOPE });
    expect((await signedIn(endpoint.client(), "scope=read")).scope).toEqual(["read", "write"]);
  });

  it("makes no ID token unnecessary: openid cannot be unticked in the callback", async () => {
    endpoint.answer({ body: WITHOUT_SCOPE });
    const client = endpoint.client({
      callbackParameters: ["scope"],
      issuer: "https://id.example.com",
      endpoints: { ...endpoint.everyEndpoint, jwks: `${endpoint.server.origin}/jwks` },
      defaultScope: ["openid", "read"],
    });
    expect(await rejectionOf(signedIn(client, "scope=read"))).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
    });
  });
});

describe("a definition's callbackParameters", () => {
  it.each<[string, unknown, RegExp]>([
    ["a text", "realmId", /^callbackParameters must be an array of/],
    ["an empty name", [""], /^callbackParameters\[0\] must be/],
    ["a name with a space", ["realm id"], /^callbackParameters\[0\] must be/],
    ["no name", [{}], /^callbackParameters\[0\]\.name must be/],
    ["an unknown field", [{ name: "a", form: true }], /^callbackParameters\[0\]\.form is not an/],
    ["a number", [{ name: "a", tokenRequest: 1 }], /^callbackParameters\[0\]\.tokenRequest must/],
    ...["code", "state", "iss", "error", "access_token", "id_token", "__proto__"].map(
      (name): [string, unknown, RegExp] => [
        name,
        [name],
        /^callbackParameters\[0\] must be .* the client reads/,
      ],
    ),
    ...["client_secret", "code", "redirect_uri", "grant_type", "scope", "__proto__"].map(
      (field): [string, unknown, RegExp] => [
        `the field ${field}`,
        [{ name: "a", tokenRequest: field }],
        /^callbackParameters\[0\]\.tokenRequest cannot be .* sets itself/,
      ],
    ),
    [
      "the scope in a token request",
      [{ name: "scope", tokenRequest: true }],
      /tokenRequest cannot/,
    ],
    ["a name twice", ["a", { name: "a" }], /^callbackParameters names a twice/],
    [
      "a field twice",
      [
        { name: "a", tokenRequest: true },
        { name: "b", tokenRequest: "a" },
      ],
      /^callbackParameters sends two parameters as a/,
    ],
  ])("are refused with %s", (_what, callbackParameters, problem) => {
    const definition = async () => keeping(callbackParameters as Kept);
    return expect(definition()).rejects.toMatchObject({
      problems: [expect.stringMatching(problem)],
    });
  });
});
