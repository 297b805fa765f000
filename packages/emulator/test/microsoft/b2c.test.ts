import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import {
  askToken,
  authorizationUrl,
  CALLBACK,
  CHALLENGE,
  exchange,
  get,
  json,
  parameter,
  VERIFIER,
} from "../support/wire.ts";

const clock = testClock();
const POLICY = "B2C_1_signupsignin";
const TENANT = "44444444-ffff-4fff-8fff-444444444444";
const API_SCOPE = "https://contosob2c.onmicrosoft.com/tasks-api/tasks.read";

let microsoft: MicrosoftEmulator;
beforeAll(async () => {
  microsoft = await startMicrosoft({ now: clock.now });
});
afterAll(() => microsoft.close());
beforeEach(() => microsoft.configure({ b2cIssuer: "tenant", b2cPolicyClaim: "tfp" }));

const at = (policy?: string) => ({ ...microsoft, endpoints: microsoft.b2cEndpoints(policy) });

const authorize = (more: Record<string, string> = {}, choice = {}): Promise<string> =>
  microsoft.authorize(authorizationUrl(at(), { scope: "openid", ...more }), choice);

const signIn = async (scope: string, more: Record<string, string> = {}) =>
  json(exchange(at(), await authorize({ scope, ...more })));

const discovery = (tenant: string, policy: string): Promise<Response> =>
  fetch(`${microsoft.origin}/${tenant}/${policy}/v2.0/.well-known/openid-configuration`);

it("has a discovery document for each policy, whose issuer is somewhere else", async () => {
  const document = await json(discovery("contosob2c.onmicrosoft.com", "b2c_1_edit_profile"));
  const base = `${microsoft.origin}/contosob2c.onmicrosoft.com/b2c_1_edit_profile`;
  expect(document).toMatchObject({
    issuer: `${microsoft.origin}/${TENANT}/v2.0/`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
  });
  expect(document).not.toHaveProperty("userinfo_endpoint");
  expect((await discovery(TENANT, "B2C_1A_custom")).status).toBe(200);
  expect((await discovery("elsewhere.onmicrosoft.com", POLICY)).status).toBe(404);
  expect((await discovery(TENANT, "another")).status).toBe(404);
});

it("issues an ID token with the policy and a list of addresses, signed by the policy's keys", async () => {
  const tokens = await signIn("openid offline_access", { nonce: "n-1" });
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(at().endpoints.jwks)));
  const currentDate = new Date(clock.now());
  const { payload } = await jwtVerify(String(tokens["id_token"]), keys, { currentDate });
  const iat = clock.now() / 1000;
  const oid = "00000000-0000-4000-8000-000000000001";
  expect(payload).toEqual({
    ver: "1.0",
    iss: `${microsoft.origin}/${TENANT}/v2.0/`,
    sub: oid,
    oid,
    aud: microsoft.clientId,
    iat,
    nbf: iat,
    exp: iat + 3600,
    auth_time: iat,
    name: "Ada Lovelace",
    given_name: "Ada",
    family_name: "Lovelace",
    emails: ["ada@contoso.example"],
    tfp: POLICY,
    nonce: "n-1",
    jti: expect.any(String),
  });
});

it("names the policy in the issuer, and in acr, as the settings of the policy say", async () => {
  microsoft.configure({ b2cIssuer: "policy", b2cPolicyClaim: "acr" });
  const claims = decodeJwt(String((await signIn("openid"))["id_token"]));
  const issuer = `${microsoft.origin}/tfp/${TENANT}/b2c_1_signupsignin/v2.0/`;
  expect(claims).toMatchObject({ iss: issuer, acr: POLICY });
  expect(claims).not.toHaveProperty("tfp");
  expect(microsoft.b2cEndpoints().issuer).toBe(issuer);
  microsoft.configure({ b2cPolicyClaim: "none" });
  const without = decodeJwt(String((await signIn("openid"))["id_token"]));
  expect(without).not.toHaveProperty("acr");
  expect(without).not.toHaveProperty("tfp");
});

it("issues no access token without the scope of an API, and no refresh token without offline_access", async () => {
  const idOnly = await signIn("openid");
  expect(Object.keys(idOnly).toSorted()).toEqual([
    "id_token",
    "id_token_expires_in",
    "not_before",
    "scope",
    "token_type",
  ]);
  const ofApplication = await signIn(`openid ${microsoft.clientId}`, { nonce: "n-2" });
  expect(ofApplication).toMatchObject({ token_type: "Bearer", expires_in: "4799" });
  expect(ofApplication).not.toHaveProperty("refresh_token");
  const own = decodeJwt(String(ofApplication["access_token"]));
  const { clientId } = microsoft;
  expect(own).toMatchObject({ aud: clientId, azp: clientId, tfp: POLICY, nonce: "n-2" });
  expect(own).not.toHaveProperty("auth_time");
  const ofApi = await signIn(`offline_access ${API_SCOPE}`);
  expect(ofApi).toMatchObject({
    refresh_token: expect.any(String),
    scope: `offline_access ${API_SCOPE}`,
  });
  expect(ofApi).not.toHaveProperty("id_token");
  const claims = decodeJwt(String(ofApi["access_token"]));
  expect(claims).toMatchObject({ aud: "tasks-api", scp: "tasks.read", azp: microsoft.clientId });
  const graph = await get(`${microsoft.endpoints.api}/me`, String(ofApi["access_token"]));
  expect(graph.status).toBe(401);
});

it("refreshes in the same policy, until the sessions are revoked or the token expires", async () => {
  const refresh = async (token: unknown, policy?: string) =>
    json(askToken(at(policy), { grant_type: "refresh_token", refresh_token: String(token) }));
  const first = (await signIn("openid offline_access"))["refresh_token"];
  const second = await refresh(first);
  expect(second).toMatchObject({ id_token: expect.any(String), refresh_token: expect.any(String) });
  expect(second["refresh_token"]).not.toBe(first);
  expect((await refresh(first, "b2c_1_signupsignin"))["error"]).toBeUndefined();
  expect((await refresh(first, "B2C_1_edit"))["error_description"]).toMatch(/^AADB2C90088: /);
  clock.pass(7_776_000);
  expect((await refresh(first))["error_description"]).toMatch(/^AADB2C90080: /);
  const last = (await signIn("openid offline_access"))["refresh_token"];
  microsoft.revokeSessions();
  const revoked = await refresh(last);
  expect(revoked["error"]).toBe("invalid_grant");
  expect(revoked["error_description"]).toMatch(
    /^AADB2C90129: .*\r\nCorrelation ID: .*\r\nTimestamp: /,
  );
});

it("accepts a code once, with its policy, its redirect URI and its verifier", async () => {
  const challenge = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  const callback = await authorize(challenge);
  const outcome = async (more: Record<string, string>, policy?: string): Promise<string> => {
    const reply = await json(exchange(at(policy), callback, more));
    return /AADB2C\d+/.exec(String(reply["error_description"]))?.[0] ?? "accepted";
  };
  expect(await outcome({ code_verifier: VERIFIER }, "B2C_1_edit")).toBe("AADB2C90088");
  expect(await outcome({ redirect_uri: "http://localhost/other" })).toBe("AADB2C90006");
  expect(await outcome({})).toBe("AADB2C90183");
  expect(await outcome({ client_secret: "wrong" })).toBe("AADB2C90081");
  expect(await outcome({ grant_type: "password" })).toBe("AADB2C90086");
  expect(await outcome({ code: "garbage" })).toBe("AADB2C90090");
  expect(await outcome({ code_verifier: VERIFIER })).toBe("accepted");
  expect(await outcome({ code_verifier: VERIFIER })).toBe("AADB2C90080");
});

it("redirects with the errors of the user and the request, and shows a page for a wrong redirect URI", async () => {
  const errorOf = async (more: Record<string, string>, choice = {}): Promise<unknown[]> => {
    const callback = await authorize(more, choice);
    const description = parameter(callback, "error_description") ?? "";
    return [parameter(callback, "error"), description.split(":")[0], parameter(callback, "state")];
  };
  expect(await errorOf({}, { deny: true })).toEqual(["access_denied", "AADB2C90091", "some-state"]);
  expect(await errorOf({ prompt: "none" })).toEqual([
    "interaction_required",
    "AADB2C90077",
    "some-state",
  ]);
  expect((await errorOf({ response_type: "token" }))[1]).toBe("AADB2C90013");
  expect((await errorOf({ response_mode: "web_message" }))[1]).toBe("AADB2C90014");
  await expect(authorize({ redirect_uri: "https://app.example/" })).rejects.toThrow(/AADB2C90006/);
});

it("posts the code and an ID token as a form, and signs out", async () => {
  const more = { response_type: "code id_token", response_mode: "form_post", scope: "openid" };
  const request = await microsoft.authorizeWithFormPost(authorizationUrl(at(), more));
  const fields = Object.fromEntries(new URLSearchParams(await request.text()));
  expect([request.url, Object.keys(fields)]).toEqual([CALLBACK, ["state", "code", "id_token"]]);
  const logout = `${at().endpoints.endSession}?post_logout_redirect_uri=${CALLBACK}&state=s`;
  expect(await microsoft.authorize(logout)).toBe(`${CALLBACK}?state=s`);
});
