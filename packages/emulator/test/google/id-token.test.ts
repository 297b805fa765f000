import { createHash } from "node:crypto";
import { expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator, IdTokenFlaw } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

interface Tokens {
  readonly id_token: string;
  readonly access_token: string;
  readonly refresh_token: string;
}

const signIn = async (
  google: GoogleEmulator,
  user: string = "grace@navy.example",
): Promise<Tokens> => {
  const url = authorizationUrl(google, {
    scope: "openid email profile",
    nonce: "some-nonce",
    access_type: "offline",
    prompt: "consent",
  });
  return json<Tokens>(exchange(google, await google.authorize(url, { user })));
};

const jwks = (google: GoogleEmulator): Promise<JSONWebKeySet> =>
  json<JSONWebKeySet>(fetch(google.endpoints.jwks));

const verified = async (google: GoogleEmulator, token: string): Promise<JWTPayload> => {
  const { payload } = await jwtVerify(token, createLocalJWKSet(await jwks(google)), {
    issuer: google.endpoints.issuer,
    audience: google.clientId,
    currentDate: new Date(clock.now()),
  });
  return payload;
};

it("signs with a published RS256 key, with nonce, at_hash, hd and the profile", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const { id_token: idToken, access_token: accessToken } = await signIn(google);
  const claims = await verified(google, idToken);
  const half = createHash("sha256").update(accessToken).digest().subarray(0, 16);
  expect(claims).toMatchObject({
    sub: "110000000000000000002",
    azp: google.clientId,
    nonce: "some-nonce",
    at_hash: half.toString("base64url"),
    hd: "navy.example",
    email: "grace@navy.example",
    email_verified: true,
    given_name: "Grace",
    iat: clock.now() / 1000,
    exp: clock.now() / 1000 + 3600,
  });
  expect(decodeProtectedHeader(idToken).alg).toBe("RS256");
});

it("sends no hd for a consumer account, and none or another on demand", async () => {
  const google = await running(startGoogle());
  const hd = async (user?: string): Promise<unknown> =>
    decodeJwt((await signIn(google, user)).id_token)["hd"];
  expect(await hd("ada.lovelace@gmail.com")).toBeUndefined();
  google.configure({ hd: "absent" });
  expect(await hd()).toBeUndefined();
  google.configure({ hd: "wrong" });
  expect(await hd()).toBe("another-organization.example");
});

it("publishes its keys with a cache lifetime, without the private half", async () => {
  const google = await running(startGoogle());
  const reply = await fetch(google.endpoints.jwks);
  expect(reply.headers.get("cache-control")).toMatch(/max-age=\d+/);
  const { keys } = await json<JSONWebKeySet>(reply);
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});

it("keeps the previous key published until the next rotation", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const { id_token: old } = await signIn(google);
  const kid = await google.rotateKeys();
  const { id_token: next } = await signIn(google);
  expect(decodeProtectedHeader(next).kid).toBe(kid);
  await verified(google, old);
  await verified(google, next);
  await google.rotateKeys();
  await expect(verified(google, old)).rejects.toThrow("no applicable key");
  await verified(google, next);
});

it("names the issuer without its scheme on demand", async () => {
  const google = await running(startGoogle({ issuer: "bare" }));
  const { id_token: idToken } = await signIn(google);
  expect(decodeJwt(idToken).iss).toBe(new URL(google.origin).host);
});

it("is part of a refresh, without a nonce, if openid was granted", async () => {
  const google = await running(startGoogle());
  const { refresh_token: refreshToken } = await signIn(google);
  const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
  const { id_token: idToken } = await json<Tokens>(askToken(google, grant));
  expect(decodeJwt(idToken)).not.toHaveProperty("nonce");
  expect(decodeJwt(idToken).sub).toBe("110000000000000000002");
});

it.each<[IdTokenFlaw, RegExp]>([
  ["forged-signature", /signature/],
  ["wrong-issuer", /"iss"/],
  ["wrong-audience", /"aud"/],
  ["expired", /"exp"/],
])("can be wrong: %s", async (idToken, complaint) => {
  const google = await running(startGoogle({ now: clock.now, idToken }));
  const tokens = await signIn(google);
  await expect(verified(google, tokens.id_token)).rejects.toThrow(complaint);
  google.configure({ idToken: "none" });
  await verified(google, (await signIn(google)).id_token);
});

it("can have a wrong nonce, none, or a wrong at_hash, with a valid signature", async () => {
  const google = await running(startGoogle({ now: clock.now, idToken: "wrong-nonce" }));
  const claims = async (): Promise<JWTPayload> => verified(google, (await signIn(google)).id_token);
  expect((await claims())["nonce"]).toBe("another-nonce");
  google.configure({ idToken: "missing-nonce" });
  expect(await claims()).not.toHaveProperty("nonce");
  google.configure({ idToken: "wrong-at-hash" });
  const tokens = await signIn(google);
  const half = createHash("sha256").update(tokens.access_token).digest().subarray(0, 16);
  expect((await verified(google, tokens.id_token))["at_hash"]).not.toBe(half.toString("base64url"));
});

it("sends the claims that the scopes allow at userinfo, with the names of three versions", async () => {
  const google = await running(startGoogle());
  const { access_token: token } = await signIn(google, "Hypatia");
  const profile = await json(get(google.endpoints.userInfo, token));
  expect(profile).toEqual({
    sub: "110000000000000000003",
    email: "hypatia@alexandria.example",
    email_verified: false,
    name: "Hypatia",
    given_name: "Hypatia",
    picture: google.users[2]?.picture,
  });
  const { sub, email_verified: isVerified, ...rest } = profile;
  const { api } = google.endpoints;
  expect(await json(get(`${api}/oauth2/v3/userinfo`, token))).toEqual(profile);
  expect(await json(get(`${api}/oauth2/v2/userinfo`, token))).toEqual({
    id: sub,
    verified_email: isVerified,
    ...rest,
  });
  const scope = authorizationUrl(google, { scope: "openid" });
  const { access_token: bare } = await json<Tokens>(
    exchange(google, await google.authorize(scope)),
  );
  expect(await json(get(google.endpoints.userInfo, bare))).toEqual({ sub: google.users[0]?.sub });
});

it("has Google's discovery document: no iss flag, no hd, no nonce", async () => {
  const google = await running(startGoogle());
  const document = await json(fetch(`${google.endpoints.issuer}/.well-known/openid-configuration`));
  expect(document).toMatchObject({
    issuer: google.endpoints.issuer,
    authorization_endpoint: google.endpoints.authorization,
    token_endpoint: google.endpoints.token,
    userinfo_endpoint: google.endpoints.userInfo,
    revocation_endpoint: google.endpoints.revocation,
    device_authorization_endpoint: google.endpoints.deviceAuthorization,
    jwks_uri: google.endpoints.jwks,
    code_challenge_methods_supported: ["plain", "S256"],
  });
  expect(document).not.toHaveProperty("authorization_response_iss_parameter_supported");
  expect(document["claims_supported"]).not.toContain("hd");
});
