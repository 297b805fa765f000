import { X509Certificate } from "node:crypto";
import { expect, it } from "@jest/globals";
import { decodeProtectedHeader, importX509, jwtVerify } from "jose";
import type { JWK } from "jose";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, json } from "../support/wire.ts";

const running = closedAfterEach();

const certificatesOf = (google: GoogleEmulator): Promise<Record<string, string>> =>
  json(fetch(`${google.origin}/oauth2/v1/certs`));

async function idTokenOf(google: GoogleEmulator): Promise<string> {
  const url = authorizationUrl(google, { scope: "openid" });
  const reply = await json(exchange(google, await google.authorize(url)));
  return String(reply["id_token"]);
}

it("publishes the key set as self-signed certificates in PEM, by the same key ids", async () => {
  const google = await running(startGoogle());
  await google.rotateKeys();
  const response = await fetch(`${google.origin}/oauth2/v1/certs`);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(response.headers.get("cache-control")).toMatch(/max-age=\d+/);
  const certificates = await json(response);
  const { keys } = await json<{ keys: JWK[] }>(fetch(google.endpoints.jwks));
  expect(Object.keys(certificates)).toEqual(keys.map(({ kid }) => kid));
  expect(keys).toHaveLength(2);
  for (const { kid = "", kty, n, e } of keys) {
    const certificate = new X509Certificate(String(certificates[kid]));
    expect(certificate.publicKey.export({ format: "jwk" })).toEqual({ kty, n, e });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe("CN=federated-signon.system.gserviceaccount.com");
    expect(certificate.issuer).toBe(certificate.subject);
    expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.UTC(2026, 0));
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(9999);
  }
});

it("publishes certificates that verify ID tokens, also after a rotation", async () => {
  const google = await running(startGoogle());
  const first = await idTokenOf(google);
  const before = await certificatesOf(google);
  expect(await certificatesOf(google)).toEqual(before);
  await google.rotateKeys();
  const certificates = await certificatesOf(google);
  expect(certificates).toMatchObject(before);
  for (const idToken of [first, await idTokenOf(google)]) {
    const { kid = "" } = decodeProtectedHeader(idToken);
    const key = await importX509(certificates[kid] ?? "", "RS256");
    const { payload } = await jwtVerify(idToken, key, { audience: google.clientId });
    expect(payload.sub).toBe(google.users[0]?.sub);
  }
});
