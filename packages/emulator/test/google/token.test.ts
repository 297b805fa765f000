import { expect, it } from "@jest/globals";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
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
  post,
  VERIFIER,
} from "../support/wire.ts";

const running = closedAfterEach();
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

const consent = (google: GoogleEmulator, more: Record<string, string> = {}): Promise<string> =>
  google.authorize(authorizationUrl(google, { scope: CALENDAR, ...more }));

const signIn = async (
  google: GoogleEmulator,
  more: Record<string, string> = {},
): Promise<Record<string, unknown>> => json(exchange(google, await consent(google, more)));

const refresh = (google: GoogleEmulator, token: unknown): Promise<Response> =>
  askToken(google, { grant_type: "refresh_token", refresh_token: String(token) });

it("replies with a capital Bearer and 3599 seconds, in Google's order, with no-store", async () => {
  const google = await running(startGoogle());
  const callback = await consent(google, { scope: "openid", access_type: "offline" });
  const reply = await exchange(google, callback);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  const token = await json(reply);
  expect(token).toMatchObject({ token_type: "Bearer", expires_in: 3599 });
  expect(Object.keys(token)).toEqual([
    "access_token",
    "expires_in",
    "refresh_token",
    "scope",
    "token_type",
    "id_token",
  ]);
});

it("gives a refresh token only for offline access, and only on first consent", async () => {
  const google = await running(startGoogle());
  const offline = { access_type: "offline" };
  expect(await signIn(google)).not.toHaveProperty("refresh_token");
  // The consent above was the first.
  expect(await signIn(google, offline)).not.toHaveProperty("refresh_token");
  expect(await signIn(google, { ...offline, prompt: "consent" })).toHaveProperty("refresh_token");
  expect(await signIn(google, { ...offline, scope: `${CALENDAR} openid` })).toHaveProperty(
    "refresh_token",
  );
  expect(await signIn(google, offline)).not.toHaveProperty("refresh_token");
});

it("always gives an installed application a refresh token, without a secret", async () => {
  const google = await running(startGoogle({ clientType: "installed" }));
  await consent(google);
  const callback = await consent(google);
  const token = await json(exchange(google, callback, { client_secret: undefined }));
  expect(token).toHaveProperty("refresh_token");
});

it("refreshes without a new refresh token; the old one keeps working", async () => {
  const google = await running(startGoogle());
  const { refresh_token: refreshToken, access_token: first } = await signIn(google, {
    access_type: "offline",
  });
  for (let turn = 0; turn < 2; turn += 1) {
    const next = await json(refresh(google, refreshToken));
    expect(next).not.toHaveProperty("refresh_token");
    expect(next["access_token"]).not.toBe(first);
    expect(next).toMatchObject({ token_type: "Bearer", scope: CALENDAR });
  }
});

it("accepts a code once, for ten minutes, with the same redirect URI", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now }));
  const callback = await consent(google);
  const mismatch = await exchange(google, callback, { redirect_uri: `${CALLBACK}/` });
  expect([mismatch.status, (await json(mismatch))["error"]]).toEqual([
    400,
    "redirect_uri_mismatch",
  ]);
  expect((await exchange(google, callback)).status).toBe(200);
  const again = await exchange(google, callback);
  expect([again.status, (await json(again))["error"]]).toEqual([400, "invalid_grant"]);
  const late = await consent(google);
  clock.pass(600);
  expect((await json(exchange(google, late)))["error"]).toBe("invalid_grant");
  const invented = await json(askToken(google, { grant_type: "authorization_code", code: "4/x" }));
  expect(invented).toEqual({ error: "invalid_grant", error_description: "Malformed auth code." });
});

it("requires the verifier of the challenge that was sent", async () => {
  const google = await running(startGoogle());
  const callback = await consent(google, {
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  expect(await json(exchange(google, callback))).toEqual({
    error: "invalid_grant",
    error_description: "Missing code verifier.",
  });
  const wrong = await exchange(google, callback, { code_verifier: "w".repeat(43) });
  expect([wrong.status, (await json(wrong))["error"]]).toEqual([400, "invalid_grant"]);
  expect((await exchange(google, callback, { code_verifier: VERIFIER })).status).toBe(200);
});

it("treats a challenge without a method as plain", async () => {
  const google = await running(startGoogle());
  const plain = await consent(google, { code_challenge: VERIFIER });
  expect((await exchange(google, plain, { code_verifier: VERIFIER })).status).toBe(200);
  const hashed = await consent(google, { code_challenge: CHALLENGE });
  expect((await exchange(google, hashed, { code_verifier: VERIFIER })).status).toBe(400);
});

it("authenticates its client by post or basic, and rejects others", async () => {
  const google = await running(startGoogle());
  const grant = { grant_type: "refresh_token", refresh_token: "none" };
  const answer = async (reply: Promise<Response>): Promise<unknown[]> => {
    const { status } = await reply;
    return [status, (await json(reply))["error"]];
  };
  const basic = Buffer.from(`${google.clientId}:${google.clientSecret}`).toString("base64");
  const headers = { authorization: `Basic ${basic}` };
  expect(await answer(post(google.endpoints.token, grant, headers))).toEqual([
    400,
    "invalid_grant",
  ]);
  expect(await answer(askToken(google, { ...grant, client_secret: "wrong" }))).toEqual([
    401,
    "invalid_client",
  ]);
  expect(await answer(askToken(google, { ...grant, client_id: "wrong" }))).toEqual([
    401,
    "invalid_client",
  ]);
  expect(await answer(askToken(google, { ...grant, client_secret: undefined }))).toEqual([
    400,
    "invalid_request",
  ]);
  expect(await answer(askToken(google, { grant_type: "password" }))).toEqual([
    400,
    "unsupported_grant_type",
  ]);
});

it("expires access tokens on the given clock, or all at once", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now }));
  const { access_token: token } = await signIn(google, { scope: "openid" });
  const status = async (): Promise<number> =>
    (await get(google.endpoints.userInfo, String(token))).status;
  clock.pass(3598);
  expect(await status()).toBe(200);
  clock.pass(1);
  expect(await status()).toBe(401);
  const { access_token: other } = await signIn(google, { scope: "openid" });
  google.expireAccessTokens();
  expect((await get(google.endpoints.userInfo, String(other))).status).toBe(401);
});

it("expires refresh tokens after 7 days in testing mode, unless they are for sign-in only", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now, testingMode: true }));
  const limited = await signIn(google, { access_type: "offline" });
  expect(limited["refresh_token_expires_in"]).toBe(604_799);
  const unlimited = await signIn(google, {
    access_type: "offline",
    scope: "openid email",
    prompt: "consent",
  });
  expect(unlimited).not.toHaveProperty("refresh_token_expires_in");
  clock.pass(604_798);
  expect((await refresh(google, limited["refresh_token"])).status).toBe(200);
  clock.pass(1);
  const dead = await refresh(google, limited["refresh_token"]);
  expect([dead.status, await json(dead)]).toEqual([
    400,
    { error: "invalid_grant", error_description: "Token has been expired or revoked." },
  ]);
  expect((await refresh(google, unlimited["refresh_token"])).status).toBe(200);
});

it("drops the oldest refresh token silently when there are too many", async () => {
  const google = await running(startGoogle({ refreshTokenLimit: 2 }));
  const again = { access_type: "offline", prompt: "consent" };
  const [first, second, third] = [
    await signIn(google, again),
    await signIn(google, again),
    await signIn(google, again),
  ];
  const statuses = await Promise.all(
    [first, second, third].map(
      async (token) => (await refresh(google, token["refresh_token"])).status,
    ),
  );
  expect(statuses).toEqual([400, 200, 200]);
});

it("revokes everything that a user granted, by any of the tokens, once", async () => {
  const google = await running(startGoogle());
  const first = await signIn(google, { access_type: "offline" });
  const second = await signIn(google, { scope: "openid" });
  const url = google.endpoints.revocation;
  const revoke = (token: unknown): Promise<Response> => post(url, { token: String(token) });
  const other = await json(
    exchange(
      google,
      await google.authorize(authorizationUrl(google, { scope: "openid" }), { user: "Hypatia" }),
    ),
  );
  expect((await revoke(second["access_token"])).status).toBe(200);
  expect((await refresh(google, first["refresh_token"])).status).toBe(400);
  expect((await get(google.endpoints.userInfo, String(second["access_token"]))).status).toBe(401);
  expect((await get(google.endpoints.userInfo, String(other["access_token"]))).status).toBe(200);
  const twice = await revoke(second["access_token"]);
  expect([twice.status, (await json(twice))["error"]]).toEqual([400, "invalid_token"]);
  // Consent is the first again.
  expect(await signIn(google, { access_type: "offline" })).toHaveProperty("refresh_token");
});

it("revokes a token in the query of a request without a body, with a Content-Type or without", async () => {
  const google = await running(startGoogle());
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const headers of [{}, form]) {
    const { access_token: token } = await signIn(google);
    const url = `${google.endpoints.revocation}?token=${String(token)}`;
    const reply = await fetch(url, { method: "POST", headers });
    expect([reply.status, await json(reply)]).toEqual([200, {}]);
    expect((await get(google.endpoints.userInfo, String(token))).status).toBe(401);
    const twice = await fetch(url, { method: "POST", headers });
    expect([twice.status, (await json(twice))["error"]]).toEqual([400, "invalid_token"]);
  }
  const bare = await fetch(google.endpoints.revocation, { method: "POST" });
  expect([bare.status, (await json(bare))["error"]]).toEqual([400, "invalid_request"]);
});

it("accepts the token to revoke in the query, but not in JSON", async () => {
  const google = await running(startGoogle());
  const { access_token: token } = await signIn(google);
  const url = `${google.endpoints.revocation}?token=${String(token)}`;
  const headers = { "content-type": "application/json" };
  expect((await fetch(url, { method: "POST", headers, body: "{}" })).status).toBe(400);
  expect((await post(url, {})).status).toBe(200);
});

it("issues codes that must be decoded exactly once", async () => {
  const google = await running(startGoogle());
  const callback = await consent(google);
  expect(callback).toContain("code=4%2F0A");
  const code = encodeURIComponent(parameter(callback, "code") ?? "");
  expect((await exchange(google, callback, { code })).status).toBe(400);
});
