import { expect, it } from "@jest/globals";
import { createLocalJWKSet, generateKeyPair, importPKCS8, jwtVerify, SignJWT } from "jose";
import type { JSONWebKeySet } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator, GoogleFailure, ServiceAccountKey } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();
const SCOPE = "https://www.googleapis.com/auth/calendar.readonly";

const ask = async (
  google: GoogleEmulator,
  account: ServiceAccountKey,
  claims: Record<string, unknown> = {},
  otherKey = false,
): Promise<Record<string, unknown>> => {
  const iat = clock.now() / 1000;
  const key = otherKey
    ? (await generateKeyPair("RS256")).privateKey
    : await importPKCS8(account.private_key, "RS256");
  const assertion = await new SignJWT({
    iss: account.client_email,
    aud: account.token_uri,
    scope: SCOPE,
    iat,
    exp: iat + 3600,
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", kid: account.private_key_id })
    .sign(key);
  const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  return json(post(google.endpoints.token, { grant_type: grant, assertion }));
};

it("gives a service account a token, without a client and without a refresh token", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  expect(account).toMatchObject({ type: "service_account", token_uri: google.endpoints.token });
  const token = await ask(google, account);
  expect(token).toEqual({
    access_token: expect.any(String),
    expires_in: 3599,
    token_type: "Bearer",
  });
  const url = `${google.endpoints.api}/calendar/v3/users/me/calendarList`;
  expect((await get(url, String(token["access_token"]))).status).toBe(200);
});

it("accepts Google's own token endpoint as the audience too, which Google's libraries always name", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  const aud = "https://oauth2.googleapis.com/token";
  expect(await ask(google, account, { aud })).toHaveProperty("access_token");
  for (const other of [`${aud}/`, `${aud}?a=b`, "https://oauth2.googleapis.com", [aud], ""]) {
    expect(await ask(google, account, { aud: other })).toHaveProperty("error", "invalid_grant");
  }
});

it("checks signature, audience, lifetime, subject and scope", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  const now = clock.now() / 1000;
  const invalid = (text: RegExp): object => ({
    error: "invalid_grant",
    error_description: expect.stringMatching(text),
  });
  expect(await ask(google, account, {}, true)).toEqual(invalid(/^Invalid JWT Signature\.$/));
  expect(await ask(google, account, { iss: "nobody@a.example" })).toEqual(invalid(/not found/));
  expect(await ask(google, account, { aud: "https://a.example" })).toEqual(invalid(/audience/));
  expect(await ask(google, account, { exp: now + 7200 })).toEqual(invalid(/short-lived token/));
  expect(await ask(google, account, { exp: now - 1 })).toEqual(invalid(/short-lived token/));
  expect(await ask(google, account, { sub: "nobody@a.example" })).toEqual(
    invalid(/Invalid email or User ID/),
  );
  expect((await ask(google, account, { scope: "" }))["error"]).toBe("invalid_scope");
});

it("issues an ID token for a target audience, and nothing else", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  const target = { target_audience: "https://service.run.app", scope: undefined };
  const reply = await ask(google, account, target);
  expect(Object.keys(reply)).toEqual(["id_token"]);
  const keys = createLocalJWKSet(await json<JSONWebKeySet>(fetch(google.endpoints.jwks)));
  const { payload } = await jwtVerify(String(reply["id_token"]), keys, {
    currentDate: new Date(clock.now()),
  });
  expect(payload).toEqual({
    iss: google.endpoints.issuer,
    aud: "https://service.run.app",
    azp: account.client_email,
    sub: account.client_id,
    email: account.client_email,
    email_verified: true,
    iat: clock.now() / 1000,
    exp: clock.now() / 1000 + 3600,
  });
});

it("refuses a subject without domain-wide delegation with 401", async () => {
  const google = await running(startGoogle({ now: clock.now, domainWideDelegation: false }));
  const account = await google.createServiceAccount();
  const sub = "grace@navy.example";
  expect(await ask(google, account, { sub })).toEqual({
    error: "unauthorized_client",
    error_description: expect.stringMatching(/^Client is unauthorized to retrieve access tokens/),
  });
  expect(google.requests.at(-1)?.status).toBe(401);
  expect(await ask(google, account)).toHaveProperty("access_token");
  google.configure({ domainWideDelegation: true });
  expect(await ask(google, account, { sub })).toHaveProperty("access_token");
});

it("accepts self-signed JWTs at its API, for a service or for scopes", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  const key = await importPKCS8(account.private_key, "RS256");
  const iat = clock.now() / 1000;
  const call = async (claims: Record<string, unknown>): Promise<number> => {
    const jwt = await new SignJWT({
      iss: account.client_email,
      sub: account.client_email,
      iat,
      exp: iat + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: "RS256", kid: account.private_key_id })
      .sign(key);
    return (await get(`${google.endpoints.api}/calendar/v3/users/me/calendarList`, jwt)).status;
  };
  expect(await call({ scope: SCOPE })).toBe(200);
  expect(await call({ aud: "https://calendar.googleapis.com/" })).toBe(200);
  expect(await call({ aud: `${google.endpoints.api}/` })).toBe(200);
  expect(await call({ scope: "https://www.googleapis.com/auth/drive" })).toBe(403);
  expect(await call({ aud: "https://calendar.googleapis.com/", exp: iat + 7200 })).toBe(401);
  expect(await call({ aud: "https://a.example/" })).toBe(401);
  expect(await call({ scope: SCOPE, sub: "grace@navy.example" })).toBe(401);
  expect(await call({})).toBe(401);
});

it.each<[GoogleFailure, number, string]>([
  ["token-admin-policy", 400, "admin_policy_enforced"],
  ["token-client-deleted", 401, "deleted_client"],
  ["token-client-disabled", 401, "disabled_client"],
  ["token-org-internal", 403, "org_internal"],
  ["token-access-denied", 400, "access_denied"],
  ["token-reauthentication", 400, "invalid_grant"],
])("fails at the token endpoint on demand: %s", async (failure, status, error) => {
  const google = await running(startGoogle({ now: clock.now }));
  const account = await google.createServiceAccount();
  google.failNext(failure);
  const reply = await ask(google, account);
  expect(reply).toMatchObject({ error, error_description: expect.any(String) });
  expect(google.requests.at(-1)?.status).toBe(status);
  expect(reply["error_subtype"]).toBe(error === "invalid_grant" ? "invalid_rapt" : undefined);
});
