import { expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startFacebook } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const keySet = async (url: string): Promise<ReturnType<typeof createLocalJWKSet>> =>
  createLocalJWKSet(await json<JSONWebKeySet>(fetch(url)));

it("issues Limited Login tokens with a key of their own host, without email_verified", async () => {
  const facebook = await running(startFacebook({ now: clock.now }));
  const token = await facebook.createLimitedLoginToken({ user: "Ada Lovelace", nonce: "n-1" });
  const { issuer, jwks } = facebook.endpoints;
  const currentDate = new Date(clock.now());
  const { payload } = await jwtVerify(token, await keySet(facebook.limitedJwks), { currentDate });
  const iat = clock.now() / 1000;
  expect(payload).toEqual({
    iss: issuer,
    aud: facebook.clientId,
    sub: "10223344556677881",
    nonce: "n-1",
    jti: expect.any(String),
    iat,
    exp: iat + 3600,
    name: "Ada Lovelace",
    given_name: "Ada",
    family_name: "Lovelace",
    email: "ada@lovelace.example",
    picture: expect.any(String),
  });
  await expect(jwtVerify(token, await keySet(jwks), { currentDate })).rejects.toThrow(
    /no applicable key/,
  );
});

it("names the other issuer and signs with the keys of the other host on demand", async () => {
  const facebook = await running(startFacebook({ limitedIssuer: "limited", limitedKeys: "www" }));
  const token = await facebook.createLimitedLoginToken({ user: "Grace Hopper" });
  const { payload } = await jwtVerify(token, await keySet(facebook.endpoints.jwks));
  expect(payload.iss).toBe(facebook.limitedIssuer);
  expect(payload).not.toHaveProperty("email");
  expect(payload).not.toHaveProperty("nonce");
  facebook.configure({ idToken: "wrong-audience" });
  expect(decodeJwt(await facebook.createLimitedLoginToken()).aud).toBe("another-client");
});

it("does not accept the token at the Graph API", async () => {
  const facebook = await running(startFacebook());
  const reply = await get(`${facebook.endpoints.api}/me`, await facebook.createLimitedLoginToken());
  expect([reply.status, await json(reply)]).toMatchObject([400, { error: { code: 190 } }]);
});

it("removes the application by the token", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook));
  const { access_token: token } = await json(exchange(facebook, callback));
  const uninstall = (idToken: string, appId = facebook.clientId): Promise<Response> =>
    post(`${facebook.origin}/platform/uninstall/`, { id_token: idToken, app_id: appId });
  expect((await uninstall("garbage")).status).toBe(400);
  const limited = await facebook.createLimitedLoginToken();
  expect((await uninstall(limited, "1")).status).toBe(400);
  expect(await json(uninstall(limited))).toEqual({ success: true });
  const after = await get(`${facebook.endpoints.api}/me`, String(token));
  expect(await json(after)).toMatchObject({ error: { error_subcode: 458 } });
});
