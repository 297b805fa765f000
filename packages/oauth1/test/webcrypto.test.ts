import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type {
  BuiltInSignatureMethod,
  OAuth1Credentials,
  VerificationCredentials,
} from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { cryptoKey, PRIVATE_PEM, PUBLIC_PEM, RSA } from "./support/keys.ts";
import { METHODS } from "./support/signature-methods.ts";

// Where there is no node:crypto (a browser, an edge worker), WebCrypto does the same.
const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule") as PropertyDescriptor;
const node = await import("@grantkit/oauth1");
let web: typeof node;

beforeAll(async () => {
  Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true });
  jest.resetModules();
  web = await import("@grantkit/oauth1");
});
afterAll(() => {
  Object.defineProperty(process, "getBuiltinModule", original);
});

const REQUEST = {
  method: "POST",
  url: "https://api.example.com/☃?a=b%20c",
  headers: { "Content-Type": "application/json" },
  body: '{"a":"☃"}',
};
const CREDENTIALS = {
  clientKey: "key",
  clientSecret: "secret ☃",
  resourceOwnerKey: "token",
  resourceOwnerSecret: "token secret",
  forceIncludeBody: true,
  nonce: "n",
  timestamp: Math.floor(Date.now() / 1000),
};
const OTHER = generateKeyPairSync("rsa", { modulusLength: 2048 });
const secretsFor = (
  signatureMethod: BuiltInSignatureMethod,
  privateKey: unknown = PRIVATE_PEM,
): OAuth1Credentials => ({
  ...CREDENTIALS,
  signatureMethod,
  ...(signatureMethod.startsWith("RSA") ? { privateKey: privateKey as string } : {}),
});

describe.each(METHODS)("%s", (signatureMethod) => {
  it("makes the same signed request", async () => {
    const credentials = secretsFor(signatureMethod);
    expect(await web.sign(REQUEST, credentials)).toEqual(await node.sign(REQUEST, credentials));
  });

  it("is verified in the same way", async () => {
    const signed = await node.sign(REQUEST, secretsFor(signatureMethod));
    const received = { ...signed, body: REQUEST.body };
    const options = { signatureMethods: METHODS, useNonce: false } as const;
    const known: VerificationCredentials = {
      clientSecret: CREDENTIALS.clientSecret,
      resourceOwnerSecret: CREDENTIALS.resourceOwnerSecret,
      publicKey: PUBLIC_PEM,
    };
    expect(await web.verify(received, () => known, options)).toMatchObject({ clientKey: "key" });
    // PLAINTEXT covers the secrets alone.
    const wrong = { ...known, clientSecret: "another", publicKey: OTHER.publicKey };
    for (const lookup of [() => wrong, () => undefined]) {
      expect(await errorOf(() => web.verify(received, lookup, options))).toMatchObject({
        code: "SIGNATURE_INVALID",
      });
    }
  });
});

it.each<[string, () => unknown]>([
  ["JWK", () => RSA.privateKey.export({ format: "jwk" })],
  ["KeyObject", () => RSA.privateKey],
  ["CryptoKey", () => cryptoKey("private")],
])("a %s signs", async (_what, key) => {
  const ofPem = await node.sign(REQUEST, secretsFor("RSA-SHA256"));
  expect(await web.sign(REQUEST, secretsFor("RSA-SHA256", await key()))).toEqual(ofPem);
});

it("a key is imported once", async () => {
  const read = jest.spyOn(crypto.subtle, "importKey");
  try {
    for (let count = 0; count < 5; count += 1) {
      await web.sign(REQUEST, secretsFor("RSA-SHA256", `${PRIVATE_PEM}\n\n`));
    }
    expect(read).toHaveBeenCalledTimes(1);
  } finally {
    read.mockRestore();
  }
});

it.each<[string, unknown]>([
  ["WebCrypto does not read", RSA.privateKey.export({ type: "pkcs1", format: "pem" })],
  ["cannot be read", PRIVATE_PEM.replace(/MII.{40}/, "")],
  ["cannot be read", "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----"],
  ["cannot be read", CANARY.data],
  ["is a CryptoKey for SHA-1", await cryptoKey("private", { hash: "SHA-1" })],
  ["cannot be read", { kty: "RSA", n: CANARY.data, e: "AQAB", d: "x" }],
])("a key that %s is a typed error (%#)", async (problem, key) => {
  expect(await errorOf(() => web.sign(REQUEST, secretsFor("RSA-SHA256", key)))).toMatchObject({
    code: "CONFIGURATION_INVALID",
    problems: [expect.stringContaining(problem)],
  });
});

it("nonces have 128 bits", async () => {
  const { nonce: _nonce, ...credentials } = CREDENTIALS;
  const { headers } = await web.sign(REQUEST, credentials);
  expect(headers["Authorization"]).toMatch(/oauth_nonce="[\da-f]{32}"/);
});
