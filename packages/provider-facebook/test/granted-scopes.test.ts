import { inspect } from "node:util";
import { afterEach, expect, it } from "@jest/globals";
import { type CustomFailure, type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, type FacebookClientOptions, Token } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let now = Date.UTC(2026, 10, 21);
afterEach(() => emulator.close());

async function started(options: Partial<FacebookClientOptions> = {}): Promise<FacebookClient> {
  emulator = await startFacebook({ now: () => now, requireAppSecretProof: true });
  return new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    appSecretProof: true,
    clock: { now: () => now, after: () => () => undefined },
    ...options,
  });
}

async function signIn(
  client: FacebookClient,
  options: Parameters<FacebookClient["authorizationRequest"]>[0] = {},
  scopes?: readonly string[],
): Promise<Token> {
  const request = await client.authorizationRequest(options);
  const callback = await emulator.authorize(request.url, scopes ? { scopes } : {});
  return client.fetchToken(callback, request);
}

const SCOPE = ["public_profile", "email", "user_birthday"] as const;

it("returns the scope without the permission that the user unticked", async () => {
  const client = await started();
  const token = await signIn(client, { scope: [...SCOPE] }, ["public_profile", "user_birthday"]);
  expect([token.scope, token.scopeChange]).toEqual([SCOPE, undefined]);
  const known = await client.fetchGrantedScopes(token);
  expect(known.scope).toEqual(["public_profile", "user_birthday"]);
  expect(known.requestedScope).toEqual(SCOPE);
  expect(known.scopeChange).toEqual({ missing: ["email"], additional: [] });
  // All else is as it was, and the given token too.
  const { scope, scopeChange, ...rest } = known.toJSON();
  expect({ ...token.toJSON(), scope, scopeChange }).toEqual({ ...rest, scope, scopeChange });
  expect(token.scope).toEqual(SCOPE);
  expect(Token.from(JSON.parse(JSON.stringify(known)) as never).toJSON()).toEqual(known.toJSON());
});

it("has no scope change when the user granted everything, also with a stored token", async () => {
  const client = await started({ tokenPlacement: "query" });
  const token = await signIn(client);
  const stored = JSON.parse(JSON.stringify(token)) as never;
  const known = await client.fetchGrantedScopes(stored);
  expect([known.scope, known.scopeChange]).toEqual([["public_profile", "email"], undefined]);
});

it("lists permissions of earlier sign-ins and of a login configuration as additional", async () => {
  const client = await started();
  await signIn(client, { scope: [...SCOPE] });
  const token = await signIn(client, { scope: ["public_profile"] });
  const { scope, scopeChange } = await client.fetchGrantedScopes(token);
  expect(scope).toEqual(SCOPE);
  expect(scopeChange).toEqual({ missing: [], additional: ["email", "user_birthday"] });
});

it("leaves out what was withdrawn after the sign-in, or has expired", async () => {
  const client = await started();
  const token = await signIn(client, { scope: [...SCOPE] });
  await client.session(token).delete("/me/permissions/email");
  expect((await client.fetchGrantedScopes(token)).scope).toEqual([
    "public_profile",
    "user_birthday",
  ]);
  const data = [
    { permission: "public_profile", status: "granted" },
    { permission: "email", status: "expired" },
    { permission: "user_birthday", status: "declined" },
  ];
  emulator.failNext({ path: "/me/permissions", status: 200, body: { data } });
  expect((await client.fetchGrantedScopes(token)).scope).toEqual(["public_profile"]);
});

it("counts a permission as granted only if no entry of the list says otherwise, and once", async () => {
  const client = await started();
  const token = await signIn(client, { scope: [...SCOPE] });
  const data = [
    { permission: "email", status: "declined" },
    { permission: "public_profile", status: "granted" },
    { permission: "public_profile", status: "granted" },
    { permission: "email", status: "granted" },
  ];
  emulator.failNext({ path: "/me/permissions", status: 200, body: { data } });
  expect((await client.fetchGrantedScopes(token)).scope).toEqual(["public_profile"]);
});

it("does not take the list of another origin, to which the Graph API redirects", async () => {
  const client = await started();
  const token = await signIn(client);
  const stranger = await startFacebook();
  const data = [{ permission: "ads_management", status: "granted" }];
  stranger.failNext({ path: "/me/permissions", status: 200, body: { data } });
  const location = `${stranger.origin}/me/permissions`;
  emulator.failNext({ path: "/me/permissions", status: 302, headers: { location } });
  const error = await client.fetchGrantedScopes(token).catch((thrown: unknown) => thrown);
  const { requests } = stranger;
  await stranger.close();
  expect(error).toMatchObject({ code: "API_REQUEST_FAILED", status: 302 });
  expect(requests).toEqual([]);
});

it.each([["a b"], ["email,ads_read"], ["em\u0000ail"], [""], ["\u202eliame"]])(
  "refuses a list with the permission %j, which is none",
  async (permission) => {
    const client = await started();
    const token = await signIn(client);
    const data = [{ permission, status: "granted" }];
    emulator.failNext({ path: "/me/permissions", status: 200, body: { data } });
    const refused = expect(client.fetchGrantedScopes(token)).rejects;
    await refused.toMatchObject({ code: "API_REQUEST_FAILED" });
  },
);

it("reads a list of at most 1 MiB", async () => {
  const client = await started();
  const token = await signIn(client);
  const data = [{ permission: "email", status: "granted", padding: "x".repeat(1_100_000) }];
  emulator.failNext({ path: "/me/permissions", status: 200, body: { data } });
  const refused = expect(client.fetchGrantedScopes(token)).rejects;
  await refused.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
});

it.each<[string, string, CustomFailure | "api-app-throttled" | "api-session-expired"]>([
  ["a rejected token", "TOKEN_REJECTED", "api-session-expired"],
  ["a rate limit", "RATE_LIMITED", "api-app-throttled"],
  ["a page in place of the list", "API_REQUEST_FAILED", { status: 200, body: "<html>" }],
  ["an empty answer", "API_REQUEST_FAILED", { status: 200 }],
  ["another list", "API_REQUEST_FAILED", { status: 200, body: { data: [{ name: "x" }] } }],
  ["no list", "API_REQUEST_FAILED", { status: 200, body: { data: { permission: "email" } } }],
  ["null", "API_REQUEST_FAILED", { status: 200, body: null }],
  ["status 500 without a body", "SERVER_ERROR", { status: 500 }],
  ["status 429 without a body", "RATE_LIMITED", { status: 429 }],
  ["status 401 without a body", "TOKEN_REJECTED", { status: 401 }],
  ["status 404 of a proxy", "API_REQUEST_FAILED", { status: 404, body: "not here" }],
  ["a cut connection", "NETWORK_ERROR", { kind: "disconnect" }],
])("throws for %s, and returns no scope", async (_what, code, failure) => {
  const client = await started({ retries: false });
  const token = await signIn(client);
  const answer = typeof failure === "string" ? failure : { path: "/me/permissions", ...failure };
  emulator.failNext(answer);
  const error: unknown = await client.fetchGrantedScopes(token).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, provider: "facebook" });
  expect(inspect(error, { depth: 9 })).not.toContain(token.accessToken);
});

it("keeps Facebook's numbers in the error, and a token that its text repeats out of it", async () => {
  const client = await started({ retries: false });
  const token = await signIn(client);
  const error = {
    message: `Malformed access token ${token.accessToken}`,
    type: "OAuthException",
    code: 190,
    error_subcode: 467,
    fbtrace_id: "AbCdEfGh",
    error_user_msg: token.accessToken,
  };
  emulator.failNext({ path: "/me/permissions", status: 400, body: { error } });
  const thrown: unknown = await client.fetchGrantedScopes(token).catch((reason: unknown) => reason);
  expect(thrown).toMatchObject({
    code: "TOKEN_REJECTED",
    status: 400,
    error: "OAuthException",
    details: { code: 190, error_subcode: 467, fbtrace_id: "AbCdEfGh" },
  });
  expect(inspect(thrown, { depth: 9 })).not.toContain(token.accessToken);
});

it("sends nothing with a token that has expired", async () => {
  const client = await started();
  const token = await signIn(client);
  emulator.clearRequests();
  now += 70 * 24 * 3_600_000;
  await expect(client.fetchGrantedScopes(token)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  expect(emulator.requests).toHaveLength(0);
});
