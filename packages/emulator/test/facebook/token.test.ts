import { expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator } from "../../src/index.ts";
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

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly fbtrace_id: string;
  };
}

const consent = (facebook: FacebookEmulator, more: Record<string, string> = {}): Promise<string> =>
  facebook.authorize(authorizationUrl(facebook, { scope: "email", ...more }));

const codes = async (reply: Promise<Response>): Promise<unknown[]> => {
  const { status } = await reply;
  const { error } = await json<ErrorBody>(reply);
  return [status, error.code, error.error_subcode];
};

it("exchanges a code by GET and by POST: lower-case bearer, no scope, no refresh token", async () => {
  const facebook = await running(startFacebook());
  const expected = {
    access_token: expect.stringMatching(/^EAA\w+$/),
    token_type: "bearer",
    expires_in: 5_183_944,
  };
  expect(await json(exchange(facebook, await consent(facebook)))).toEqual(expected);
  const query = new URLSearchParams({
    client_id: facebook.clientId,
    client_secret: facebook.clientSecret,
    redirect_uri: CALLBACK,
    code: parameter(await consent(facebook), "code") ?? "",
  });
  const byGet = await fetch(`${facebook.endpoints.token}?${query.toString()}`);
  expect(byGet.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  expect(await json(byGet)).toEqual(expected);
});

it("leaves expires_in out on demand", async () => {
  const facebook = await running(startFacebook({ tokenLifetime: false }));
  const reply = await json(exchange(facebook, await consent(facebook)));
  expect(reply).not.toHaveProperty("expires_in");
});

it("does not support HTTP Basic", async () => {
  const facebook = await running(startFacebook());
  const credentials = Buffer.from(`${facebook.clientId}:${facebook.clientSecret}`);
  const reply = askToken(
    facebook,
    { client_id: undefined, client_secret: undefined, code: "x" },
    { authorization: `Basic ${credentials.toString("base64")}` },
  );
  expect(await codes(reply)).toEqual([400, 101, undefined]);
});

it("nests errors in an object, with Facebook's own challenge syntax and a trace id", async () => {
  const facebook = await running(startFacebook());
  const callback = await consent(facebook);
  await exchange(facebook, callback);
  const reply = await exchange(facebook, callback);
  expect(reply.headers.get("www-authenticate")).toBe(
    'OAuth "Facebook Platform" "invalid_code" "This authorization code has been used."',
  );
  const { error } = await json<ErrorBody>(reply);
  expect(error).toEqual({
    message: "This authorization code has been used.",
    type: "OAuthException",
    code: 100,
    error_subcode: 36_009,
    fbtrace_id: reply.headers.get("x-fb-trace-id"),
  });
});

it("has an error number each for used, expired, mismatched and unknown codes, wrong ids and secrets", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now }));
  const callback = await consent(facebook);
  const other = { redirect_uri: `${CALLBACK}?x=1` };
  expect(await codes(exchange(facebook, callback, other))).toEqual([400, 100, 36_008]);
  expect(await codes(exchange(facebook, callback, { client_id: "1" }))).toEqual([
    400,
    101,
    undefined,
  ]);
  expect(await codes(exchange(facebook, callback, { client_secret: "x" }))).toEqual([
    400,
    1,
    undefined,
  ]);
  expect(await codes(exchange(facebook, callback, { code: "x" }))).toEqual([400, 100, undefined]);
  clock.pass(600);
  expect(await codes(exchange(facebook, callback))).toEqual([400, 100, 36_007]);
});

it("issues an ID token without email_verified for the scope openid, and checks the code verifier", async () => {
  const facebook = await running(startFacebook());
  const ask = {
    scope: "openid email",
    nonce: "some-nonce",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  };
  const callback = await consent(facebook, ask);
  expect((await exchange(facebook, callback, { code_verifier: "w".repeat(43) })).status).toBe(400);
  const withoutSecret = { code_verifier: VERIFIER, client_secret: undefined };
  const { id_token: idToken } = await json(exchange(facebook, callback, withoutSecret));
  const keys = await json<JSONWebKeySet>(fetch(facebook.endpoints.jwks));
  const { payload } = await jwtVerify(String(idToken), createLocalJWKSet(keys), {
    issuer: facebook.endpoints.issuer,
    audience: facebook.clientId,
  });
  expect(payload).toMatchObject({ nonce: "some-nonce", email: "ada@lovelace.example" });
  expect(payload).not.toHaveProperty("email_verified");
  facebook.configure({ idToken: "wrong-nonce" });
  const wrong = await json(
    exchange(facebook, await consent(facebook, ask), { code_verifier: VERIFIER }),
  );
  expect(decodeJwt(String(wrong["id_token"]))["nonce"]).toBe("another-nonce");
  const kid = await facebook.rotateKeys();
  const { keys: rotated } = await json<JSONWebKeySet>(fetch(facebook.endpoints.jwks));
  expect([rotated[0]?.kid, rotated.length]).toEqual([kid, 2]);
});

it("has no token endpoint in the discovery document", async () => {
  const facebook = await running(startFacebook());
  const document = await json(
    fetch(`${facebook.endpoints.issuer}/.well-known/openid-configuration/`),
  );
  expect(document["jwks_uri"]).toBe(facebook.endpoints.jwks);
  expect(document).not.toHaveProperty("token_endpoint");
  const dialog = await fetch(String(document["authorization_endpoint"]));
  expect(await dialog.text()).toContain("Invalid app ID");
});

it("exchanges a token for one of 60 days, but not an expired one or one of another app", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now, tokenLifetime: 3600 }));
  const { access_token: short } = await json(exchange(facebook, await consent(facebook)));
  const ask = (token: string): Promise<Response> =>
    askToken(facebook, { grant_type: "fb_exchange_token", fb_exchange_token: token });
  const long = await json(ask(String(short)));
  expect(long).toMatchObject({ token_type: "bearer", expires_in: 5_183_944 });
  expect(await codes(ask(facebook.issueForeignToken()))).toEqual([400, 190, undefined]);
  clock.pass(3600);
  expect(await codes(ask(String(short)))).toEqual([400, 190, 463]);
  expect((await get(`${facebook.endpoints.api}/me`, String(long["access_token"]))).status).toBe(
    200,
  );
});

it("issues an app token that consists of id and secret", async () => {
  const facebook = await running(startFacebook());
  const reply = await json(askToken(facebook, { grant_type: "client_credentials" }));
  expect(reply).toEqual({
    access_token: `${facebook.clientId}|${facebook.clientSecret}`,
    token_type: "bearer",
  });
});

it("describes its own tokens, page tokens, tokens of other apps as valid, and invalid ones with HTTP 200", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now }));
  const scope = "email,pages_show_list";
  const { access_token: user } = await json(exchange(facebook, await consent(facebook, { scope })));
  const appToken = `${facebook.clientId}|${facebook.clientSecret}`;
  const describe = async (token: unknown): Promise<[number, Record<string, unknown>]> => {
    const url = `${facebook.endpoints.api}/debug_token?input_token=${String(token)}`;
    const reply = await get(url, appToken);
    return [reply.status, (await json<{ data: Record<string, unknown> }>(reply)).data];
  };
  const { id = "" } = facebook.users[0] ?? {};
  expect(await describe(user)).toEqual([
    200,
    expect.objectContaining({
      app_id: facebook.clientId,
      type: "USER",
      is_valid: true,
      user_id: id,
      issued_at: clock.now() / 1000,
      expires_at: clock.now() / 1000 + 5_183_944,
      scopes: ["public_profile", "email", "pages_show_list"],
    }),
  ]);
  const accounts = await json<{ data: { id: string; access_token: string }[] }>(
    get(`${facebook.endpoints.api}/me/accounts`, String(user)),
  );
  const [page] = accounts.data;
  expect((await describe(page?.access_token))[1]).toMatchObject({
    type: "PAGE",
    profile_id: page?.id,
    expires_at: 0,
  });
  const foreign = (await describe(facebook.issueForeignToken()))[1];
  expect(foreign).toMatchObject({ is_valid: true, user_id: id });
  expect(foreign["app_id"]).not.toBe(facebook.clientId);
  expect(await describe("wrong")).toEqual([
    200,
    { is_valid: false, scopes: [], error: expect.objectContaining({ code: 190 }) },
  ]);
  facebook.expireAccessTokens();
  expect((await describe(user))[1]).toMatchObject({ is_valid: false, error: { subcode: 463 } });
});
