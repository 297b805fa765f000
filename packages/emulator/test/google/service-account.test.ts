import { expect, it } from "@jest/globals";
import { generateKeyPair, importPKCS8, SignJWT } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator, ServiceAccountKey } from "../../src/index.ts";
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
