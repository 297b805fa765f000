import { createHash, randomUUID } from "node:crypto";
import { expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { GenerateKeyPairResult } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, CALLBACK, json, parameter } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();
const newKey = (): Promise<GenerateKeyPairResult> => generateKeyPair("ES256");
const codeId = (code: string): string => createHash("sha256").update(code).digest("base64url");

async function proof(
  google: GoogleEmulator,
  { publicKey, privateKey }: GenerateKeyPairResult,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const all = { jti: randomUUID(), htm: "POST", htu: google.endpoints.token, ...claims };
  return new SignJWT({ iat: clock.now() / 1000, ...all })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: await exportJWK(publicKey) })
    .sign(privateKey);
}

async function newCode(google: GoogleEmulator): Promise<string> {
  const more = { scope: "openid", access_type: "offline", prompt: "consent" };
  return parameter(await google.authorize(authorizationUrl(google, more)), "code") ?? "";
}

const exchangeCode = (google: GoogleEmulator, code: string, dpop: string): Promise<Response> =>
  askToken(google, { grant_type: "authorization_code", code, redirect_uri: CALLBACK }, { dpop });

const refresh = (google: GoogleEmulator, token: string, dpop?: string): Promise<Response> =>
  askToken(
    google,
    { grant_type: "refresh_token", refresh_token: token },
    dpop === undefined ? {} : { dpop },
  );

it("binds the refresh token to the key, and leaves the access token a Bearer token", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const [key, other] = await Promise.all([newKey(), newKey()]);
  const code = await newCode(google);
  const reply = await exchangeCode(google, code, await proof(google, key, { jti: codeId(code) }));
  expect(reply.headers.get("dpop-nonce")).toMatch(/^[\w-]{20,}$/);
  const tokens = await json(reply);
  expect(tokens).toMatchObject({ token_type: "Bearer", refresh_token: expect.any(String) });
  const token = String(tokens["refresh_token"]);
  const refused = { error: "invalid_dpop_proof" };
  expect(await json(refresh(google, token))).toMatchObject(refused);
  expect(await json(refresh(google, token, await proof(google, other)))).toMatchObject(refused);
  const renewed = await json(refresh(google, token, await proof(google, key)));
  expect(renewed).toMatchObject({ token_type: "Bearer", access_token: expect.any(String) });
});

it("rejects proofs with another jti, method, address or time, and replayed ones", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const key = await newKey();
  const code = await newCode(google);
  const good = { jti: codeId(code) };
  const bad: Record<string, unknown>[] = [
    {},
    { ...good, htm: "GET" },
    { ...good, htu: `${google.origin}/other` },
    { ...good, iat: clock.now() / 1000 - 3600 },
  ];
  for (const claims of bad) {
    const reply = await exchangeCode(google, code, await proof(google, key, claims));
    expect([reply.status, (await json(reply))["error"]]).toEqual([400, "invalid_dpop_proof"]);
  }
  const garbage = await exchangeCode(google, code, "garbage");
  expect(await json(garbage)).toHaveProperty("error", "invalid_dpop_proof");
  const tokens = await json(exchangeCode(google, code, await proof(google, key, good)));
  const token = String(tokens["refresh_token"]);
  const once = await proof(google, key);
  expect(await json(refresh(google, token, once))).toHaveProperty("access_token");
  expect(await json(refresh(google, token, once))).toHaveProperty("error", "invalid_dpop_proof");
});

it("asks for a nonce if the switch says so", async () => {
  const google = await running(startGoogle({ now: clock.now, dpop: "nonce" }));
  const key = await newKey();
  const code = await newCode(google);
  const asked = await exchangeCode(google, code, await proof(google, key, { jti: codeId(code) }));
  const nonce = asked.headers.get("dpop-nonce");
  expect([asked.status, await json(asked)]).toEqual([
    400,
    { error: "use_dpop_nonce", error_description: expect.any(String) },
  ]);
  const claims = { jti: codeId(code), nonce };
  expect((await exchangeCode(google, code, await proof(google, key, claims))).status).toBe(200);
});

it("ignores proofs if the switch says so", async () => {
  const google = await running(startGoogle({ now: clock.now, dpop: "ignored" }));
  const reply = await exchangeCode(google, await newCode(google), "garbage");
  expect([reply.status, reply.headers.get("dpop-nonce")]).toEqual([200, null]);
});
