import { expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
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

const running = closedAfterEach();
const clock = testClock();
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const SCOPE = "openid profile email offline_access User.Read";

const signIn = async (
  microsoft: MicrosoftEmulator,
  user = "Ada Lovelace",
  more: Record<string, string> = {},
) => {
  const url = authorizationUrl(microsoft, { scope: SCOPE, ...more });
  return json(exchange(microsoft, await microsoft.authorize(url, { user })));
};

const claimsOf = async (microsoft: MicrosoftEmulator, user: string): Promise<JWTPayload> =>
  decodeJwt(String((await signIn(microsoft, user))["id_token"]));

it("has a discovery document for each tenant, with a template as the issuer of shared ones", async () => {
  const microsoft = await running(startMicrosoft());
  const issuerOf = async (tenant: string): Promise<unknown> => {
    const url = `${microsoft.origin}/${tenant}/v2.0/.well-known/openid-configuration`;
    const document = await json(fetch(url));
    return document["issuer"] ?? document["error"];
  };
  const { origin, tenantId } = microsoft;
  expect(await issuerOf("common")).toBe(`${origin}/{tenantid}/v2.0`);
  expect(await issuerOf("organizations")).toBe(`${origin}/{tenantid}/v2.0`);
  expect(await issuerOf("consumers")).toBe(`${origin}/${CONSUMERS}/v2.0`);
  expect(await issuerOf(tenantId)).toBe(`${origin}/${tenantId}/v2.0`);
  expect(await issuerOf("nowhere")).toBe("invalid_tenant");
  expect(microsoft.tenantEndpoints(tenantId).issuer).toBe(`${origin}/${tenantId}/v2.0`);
});

it("issues tokens whose issuer is the tenant of the user, signed by a key of that issuer", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const reply = await signIn(microsoft, "Ada Lovelace", { nonce: "n-1" });
  expect(reply).toMatchObject({
    token_type: "Bearer",
    scope: "User.Read email profile openid",
    expires_in: 4799,
    ext_expires_in: 4799,
    refresh_token: expect.any(String),
  });
  const idToken = String(reply["id_token"]);
  const keys = await json<JSONWebKeySet>(fetch(microsoft.endpoints.jwks));
  const currentDate = new Date(clock.now());
  const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), { currentDate });
  expect(payload).toMatchObject({
    ver: "2.0",
    iss: `${microsoft.origin}/${microsoft.tenantId}/v2.0`,
    aud: microsoft.clientId,
    tid: microsoft.tenantId,
    oid: "00000000-0000-4000-8000-000000000001",
    sub: expect.stringMatching(/^[\w-]{43}$/),
    preferred_username: "ada@contoso.example",
    name: "Ada Lovelace",
    email: "ada@contoso.example",
    nonce: "n-1",
    roles: ["Engineer"],
  });
  for (const absent of ["email_verified", "given_name", "groups", "xms_edov"]) {
    expect(payload).not.toHaveProperty(absent);
  }
  const issuerOfKey = (token: unknown): unknown =>
    (keys.keys as { kid?: string; issuer?: string }[]).find(
      ({ kid }) => kid === decodeProtectedHeader(String(token)).kid,
    )?.issuer;
  expect(issuerOfKey(idToken)).toBe(`${microsoft.origin}/{tenantid}/v2.0`);
  const personal = (await signIn(microsoft, "Grace Hopper"))["id_token"];
  expect(issuerOfKey(personal)).toBe(`${microsoft.origin}/${CONSUMERS}/v2.0`);
  microsoft.configure({ signingKey: "of-another-issuer" });
  const confused = (await signIn(microsoft))["id_token"];
  expect(issuerOfKey(confused)).toBe(`${microsoft.origin}/${CONSUMERS}/v2.0`);
});

it("sends groups, a reference to them if there are too many, and xms_edov on demand", async () => {
  const microsoft = await running(startMicrosoft({ groups: "claim", xmsEdov: true }));
  const ada = await claimsOf(microsoft, "Ada Lovelace");
  expect(ada).toMatchObject({ xms_edov: true, groups: [expect.any(String)] });
  const mallory = await claimsOf(microsoft, "Mallory");
  expect(mallory).toMatchObject({
    email: "ada@contoso.example",
    xms_edov: false,
    _claim_names: { groups: "src1" },
    _claim_sources: { src1: { endpoint: expect.stringContaining(String(mallory["oid"])) } },
  });
  expect(mallory).not.toHaveProperty("groups");
  microsoft.configure({ groups: "overage" });
  const overage = await claimsOf(microsoft, "Ada Lovelace");
  expect([overage["_claim_names"], overage["groups"]]).toEqual([{ groups: "src1" }, undefined]);
});

it("refreshes with a new refresh token each time; the old one works on, or not", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const first = await signIn(microsoft);
  const refresh = (token: unknown, scope?: string): Promise<Response> =>
    askToken(microsoft, { grant_type: "refresh_token", refresh_token: String(token), scope });
  const second = await json(refresh(first["refresh_token"]));
  expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
  expect(second).toMatchObject({ id_token: expect.any(String), scope: first["scope"] });
  const mail = await json(refresh(first["refresh_token"], "Mail.Read"));
  expect(mail["scope"]).toContain("Mail.Read");
  microsoft.configure({ refreshTokenReuse: "refused" });
  expect((await refresh(second["refresh_token"])).status).toBe(200);
  const reused = await refresh(second["refresh_token"]);
  expect([reused.status, (await json(reused))["error_codes"]]).toEqual([400, [70000]]);
  microsoft.revokeSessions();
  expect((await refresh(mail["refresh_token"])).status).toBe(400);
  const last = await signIn(microsoft);
  clock.pass(7_776_000);
  expect((await json(refresh(last["refresh_token"])))["error_codes"]).toEqual([700082]);
});

it("describes errors with an AADSTS number, a time and ids", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const reply = await askToken(microsoft, { grant_type: "refresh_token", refresh_token: "no" });
  expect(await json(reply)).toEqual({
    error: "invalid_grant",
    error_description: expect.stringMatching(/^AADSTS70000: .* Trace ID: .* Correlation ID: .*/),
    error_codes: [70000],
    timestamp: new Date(clock.now()).toISOString().replace("T", " ").replace(".000", ""),
    trace_id: expect.any(String),
    correlation_id: expect.any(String),
    error_uri: "https://login.microsoftonline.com/error?code=70000",
  });
});

it("accepts a code once, with its redirect URI, its tenant and its verifier", async () => {
  const microsoft = await running(startMicrosoft());
  const challenge = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  const url = authorizationUrl(microsoft, { scope: SCOPE, ...challenge });
  const callback = await microsoft.authorize(url);
  expect(parameter(callback, "session_state")).toEqual(expect.any(String));
  expect(parameter(callback, "iss")).toBeUndefined();
  const codes = async (more: Record<string, string>): Promise<unknown> => {
    const reply = await json(exchange(microsoft, callback, more));
    return reply["error_codes"] ?? "accepted";
  };
  expect(await codes({ redirect_uri: "http://localhost/other" })).toEqual([500112]);
  expect(await codes({})).toEqual([50148]);
  expect(await codes({ code_verifier: "w".repeat(43) })).toEqual([501481]);
  const consumers = { ...microsoft, endpoints: microsoft.tenantEndpoints("consumers") };
  const elsewhere = exchange(consumers, callback, { code_verifier: VERIFIER });
  expect((await json(elsewhere))["error_codes"]).toEqual([700005]);
  expect(await codes({ code_verifier: VERIFIER })).toBe("accepted");
  expect(await codes({ code_verifier: VERIFIER })).toEqual([54005]);
});

it("redirects with errors of the user, and shows a page for those of the application", async () => {
  const microsoft = await running(startMicrosoft({ redirectUris: ["http://localhost/callback"] }));
  const url = (more: Record<string, string | undefined>): string =>
    authorizationUrl(microsoft, { scope: SCOPE, ...more });
  const denied = await microsoft.authorize(url({}), { deny: true });
  expect(parameter(denied, "error")).toBe("access_denied");
  expect(parameter(denied, "error_description")).toMatch(/^AADSTS65004: /);
  const silent = await microsoft.authorize(url({ prompt: "none" }));
  expect(parameter(silent, "error")).toBe("login_required");
  await microsoft.authorize(url({}));
  expect(parameter(await microsoft.authorize(url({ prompt: "none" })), "code")).toMatch(/^1\.A/);
  const hint = url({ prompt: "none", login_hint: "grace@outlook.example" });
  expect(parameter(await microsoft.authorize(hint), "error")).toBe("consent_required");
  const missing = await microsoft.authorize(url({ scope: undefined }));
  expect(parameter(missing, "error_description")).toMatch(/AADSTS900144/);
  await expect(microsoft.authorize(url({ redirect_uri: "http://localhost/x" }))).rejects.toThrow(
    /AADSTS50011/,
  );
  await expect(microsoft.authorize(url({ client_id: "x" }))).rejects.toThrow(/AADSTS700016/);
  microsoft.configure({ signInAudience: "home-tenant" });
  await expect(microsoft.authorize(url({}))).rejects.toThrow(/AADSTS50194/);
});

it("answers in the fragment on demand, and with an ID token", async () => {
  const microsoft = await running(startMicrosoft());
  const more = { scope: SCOPE, response_type: "code id_token", nonce: "n" };
  const callback = new URL(await microsoft.authorize(authorizationUrl(microsoft, more)));
  expect(callback.search).toBe("");
  const fragment = new URLSearchParams(callback.hash.slice(1));
  expect([...fragment.keys()]).toEqual(["code", "id_token", "state", "session_state"]);
});

it("lets an administrator consent for a tenant, and signs out", async () => {
  const microsoft = await running(startMicrosoft());
  const { adminConsentUrl, endpoints } = microsoft;
  const query = new URLSearchParams({
    client_id: microsoft.clientId,
    redirect_uri: CALLBACK,
    state: "s",
    scope: "https://graph.microsoft.com/.default",
  }).toString();
  const consent = await microsoft.authorize(`${adminConsentUrl}?${query}`);
  expect(Object.fromEntries(new URL(consent).searchParams)).toEqual({
    admin_consent: "True",
    tenant: microsoft.tenantId,
    state: "s",
    scope: "https://graph.microsoft.com/.default",
  });
  const denied = await microsoft.authorize(`${adminConsentUrl}?${query}`, { deny: true });
  expect(parameter(denied, "error")).toBe("access_denied");
  const logout = `${endpoints.endSession}?post_logout_redirect_uri=${CALLBACK}&state=s`;
  expect(await microsoft.authorize(logout)).toBe(`${CALLBACK}?state=s`);
});

it("serves the profile and the groups at Graph, with Graph's errors", async () => {
  const microsoft = await running(startMicrosoft({ now: clock.now }));
  const { api, userInfo } = microsoft.endpoints;
  const token = String((await signIn(microsoft))["access_token"]);
  expect(await json(get(`${api}/me`, token))).toMatchObject({
    id: "00000000-0000-4000-8000-000000000001",
    mail: "ada@contoso.example",
    userPrincipalName: "ada@contoso.example",
  });
  expect(await json(get(userInfo, token))).toHaveProperty("sub");
  const groups = await fetch(`${api}/me/getMemberObjects`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{"securityEnabledOnly":false}',
  });
  expect(await json(groups)).toEqual({ value: ["33333333-cccc-4ccc-8ccc-333333333333"] });
  const wrong = await get(`${api}/me`, "garbage");
  expect([wrong.status, await json(wrong)]).toEqual([
    401,
    {
      error: {
        code: "InvalidAuthenticationToken",
        message: expect.any(String),
        innerError: {
          date: expect.any(String),
          "request-id": wrong.headers.get("request-id"),
          "client-request-id": expect.any(String),
        },
      },
    },
  ]);
});

it.each([
  ["api-forbidden", 403],
  ["api-throttled", 429],
  ["api-unavailable", 503],
] as const)("fails at Graph on demand: %s", async (failure, status) => {
  const microsoft = await running(startMicrosoft());
  microsoft.failNext(failure);
  expect((await get(`${microsoft.endpoints.api}/me`, "any")).status).toBe(status);
});

it.each([
  ["token-consent-required", 400, "invalid_grant"],
  ["token-mfa-required", 400, "interaction_required"],
  ["token-refresh-revoked", 400, "invalid_grant"],
  ["token-unavailable", 503, "temporarily_unavailable"],
] as const)("fails at the token endpoint on demand: %s", async (failure, status, error) => {
  const microsoft = await running(startMicrosoft());
  microsoft.failNext(failure);
  const reply = await askToken(microsoft, { grant_type: "refresh_token" });
  expect([reply.status, (await json(reply))["error"]]).toEqual([status, error]);
});
