import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator, GoogleSecurityEvent } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { startReceiver } from "../support/receiver.ts";
import { closedAfterEach } from "../support/running.ts";
import { json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

// One for all tests: each emulator makes a key of its own, which takes long.
let google: GoogleEmulator;
beforeAll(async () => {
  google = await startGoogle({ now: clock.now });
});
afterAll(() => google.close());

const RISC = "https://schemas.openid.net/secevent/risc/event-type";
const OAUTH = "https://schemas.openid.net/secevent/oauth/event-type";

const configuration = () =>
  json<{ issuer: string; jwks_uri: string }>(
    fetch(`${google.origin}/.well-known/risc-configuration`),
  );

const keySet = async (): Promise<ReturnType<typeof createLocalJWKSet>> => {
  const { jwks_uri: url } = await configuration();
  return createLocalJWKSet(await json<JSONWebKeySet>(fetch(url)));
};

const eventsOf = (token: string): unknown => decodeJwt(token)["events"];

it("posts a token that the keys of the configuration verify", async () => {
  const { url, received } = await running(startReceiver());
  const reply = await google.postSecurityEvent(url, "account-disabled", {
    user: "grace@navy.example",
    reason: "hijacking",
  });
  expect([reply.status, reply.headers.get("location")]).toEqual([303, "/home"]);
  const [{ headers, body } = { headers: {}, body: "" }] = received;
  expect(headers["content-type"]).toBe("application/secevent+jwt");
  const { issuer } = await configuration();
  expect(issuer).toBe(`${google.origin}/`);
  const { payload, protectedHeader } = await jwtVerify(body, await keySet(), {
    currentDate: new Date(clock.now()),
  });
  expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "secevent+jwt" });
  const subject = { subject_type: "iss-sub", iss: issuer, sub: "110000000000000000002" };
  expect(payload).toEqual({
    iss: issuer,
    aud: google.clientId,
    iat: clock.now() / 1000,
    jti: expect.stringMatching(/^[0-9A-F]{32}$/),
    events: { [`${RISC}/account-disabled`]: { subject, reason: "hijacking" } },
  });
});

it.each<[GoogleSecurityEvent, string]>([
  ["sessions-revoked", RISC],
  ["tokens-revoked", OAUTH],
  ["account-disabled", RISC],
  ["account-enabled", RISC],
  ["account-credential-change-required", RISC],
])("names the user of the event %s, and its e-mail address on demand", async (event, base) => {
  const iss = `${google.origin}/`;
  const sub = "110000000000000000001";
  expect(eventsOf(await google.createSecurityEvent(event))).toEqual({
    [`${base}/${event}`]: { subject: { subject_type: "iss-sub", iss, sub } },
  });
  const subject = { subject_type: "id_token_claims", iss, sub, email: "ada.lovelace@gmail.com" };
  const withEmail = await google.createSecurityEvent(event, { subject: "id_token_claims" });
  expect(eventsOf(withEmail)).toEqual({ [`${base}/${event}`]: { subject } });
});

it("names a revoked refresh token by its beginning or by its hash", async () => {
  const refreshToken = `1//${"a".repeat(60)}`;
  const subjectOf = async (tokenIdentifier: "prefix" | "hash_base64_sha512_sha512") =>
    eventsOf(await google.createSecurityEvent("token-revoked", { refreshToken, tokenIdentifier }));
  const expected = (algorithm: string, token: string) => ({
    [`${OAUTH}/token-revoked`]: {
      subject: {
        subject_type: "oauth_token",
        token_type: "refresh_token",
        token_identifier_alg: algorithm,
        token,
      },
    },
  });
  expect(await subjectOf("prefix")).toEqual(expected("prefix", "1//aaaaaaaaaaaaa"));
  const once = createHash("sha512").update(refreshToken).digest();
  const twice = createHash("sha512").update(once).digest("base64");
  const hash = "hash_base64_sha512_sha512";
  expect(await subjectOf(hash)).toEqual(expected(hash, twice));
});

it("sends the state of a verification, and the same id again", async () => {
  const details = { state: "s-1", id: "F00D" };
  const token = await google.createSecurityEvent("verification", details);
  expect(decodeJwt(token)).toMatchObject({
    jti: "F00D",
    events: { [`${RISC}/verification`]: { state: "s-1" } },
  });
});

it("makes tokens that a receiver must refuse", async () => {
  const keys = await keySet();
  const claims = async (flaw: "wrong-issuer" | "wrong-audience" | "missing-events") => {
    const token = await google.createSecurityEvent("sessions-revoked", { flaw });
    return (await jwtVerify(token, keys)).payload;
  };
  expect((await claims("wrong-issuer")).iss).not.toMatch(google.origin);
  expect((await claims("wrong-audience")).aud).not.toBe(google.clientId);
  expect(await claims("missing-events")).not.toHaveProperty("events");
  const forged = google.createSecurityEvent("sessions-revoked", { flaw: "forged-signature" });
  await expect(jwtVerify(await forged, keys)).rejects.toThrow(/signature/);
});

it("writes the issuer without a slash, and the type JWT, on demand", async () => {
  const details = { issuer: "without-slash", typ: "JWT" } as const;
  const token = await google.createSecurityEvent("sessions-revoked", details);
  expect(decodeJwt(token).iss).toBe(google.origin);
  expect(decodeProtectedHeader(token).typ).toBe("JWT");
});

it("posts to this machine only", async () => {
  const posted = google.postSecurityEvent("https://app.example/risc", "sessions-revoked");
  await expect(posted).rejects.toThrow(/this machine/);
});
