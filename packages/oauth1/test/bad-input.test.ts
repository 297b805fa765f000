import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "@jest/globals";
import { ConfigurationError, sign } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { cryptoKey, PRIVATE_PEM, PUBLIC_PEM, RSA } from "./support/keys.ts";

const REQUEST = { url: "https://api.example.com/" };
const CREDENTIALS = { clientKey: "key", clientSecret: CANARY.clientSecret };
const RSA_SHA256 = { clientKey: "key", signatureMethod: "RSA-SHA256" } as const;
const SECRET = CANARY.data;

const short = generateKeyPairSync("rsa", { modulusLength: 512 });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
const pem = { type: "pkcs8", format: "pem" } as const;

/** Bad credentials, each with its message. Each value is a canary: a secret in the wrong place. */
const CREDENTIAL_ROWS: [string, object][] = [
  ["clientKey is missing", { ...CREDENTIALS, clientKey: undefined }],
  ["clientKey is missing", { ...CREDENTIALS, clientKey: "" }],
  ["clientKey must be", { ...CREDENTIALS, clientKey: ` ${SECRET}` }],
  ["clientKey must be", { ...CREDENTIALS, clientKey: { [SECRET]: SECRET } }],
  ["clientKey must be", { ...CREDENTIALS, clientKey: `${SECRET}\ud800` }],
  ["clientSecret is missing", { clientKey: "key" }],
  ["clientSecret is missing", { clientKey: "key", signatureMethod: "PLAINTEXT" }],
  ["clientSecret is empty", { ...CREDENTIALS, clientSecret: "" }],
  ["clientSecret must be", { ...CREDENTIALS, clientSecret: `${SECRET}\n` }],
  ["clientSecret must be", { ...CREDENTIALS, clientSecret: 7 }],
  ["resourceOwnerKey is empty", { ...CREDENTIALS, resourceOwnerKey: "" }],
  ["resourceOwnerKey must be", { ...CREDENTIALS, resourceOwnerKey: `\t${SECRET}` }],
  ["resourceOwnerSecret is empty", { ...CREDENTIALS, resourceOwnerSecret: "" }],
  ["resourceOwnerSecret must be", { ...CREDENTIALS, resourceOwnerSecret: null }],
  ["verifier is empty", { ...CREDENTIALS, verifier: "" }],
  ["verifier must be", { ...CREDENTIALS, verifier: `${SECRET} ` }],
  ["callbackUri must be", { ...CREDENTIALS, callbackUri: `/${SECRET}` }],
  ["callbackUri must be", { ...CREDENTIALS, callbackUri: "" }],
  ["callbackUri must be", { ...CREDENTIALS, callbackUri: 7 }],
  ["callbackUri must be", { ...CREDENTIALS, callbackUri: `localhost:3000/${SECRET}` }],
  ["callbackUri must be", { ...CREDENTIALS, callbackUri: `app.example.com:8443/${SECRET}` }],
  ["signatureMethod must be", { ...CREDENTIALS, signatureMethod: SECRET }],
  ["signatureMethod must be", { ...CREDENTIALS, signatureMethod: "hmac-sha1" }],
  ["signatureMethod must be", { ...CREDENTIALS, signatureMethod: "toString" }],
  ["signatureType must be", { ...CREDENTIALS, signatureType: SECRET }],
  ["realm must be", { ...CREDENTIALS, realm: `${SECRET}\r\nX: y` }],
  ["realm must be", { ...CREDENTIALS, realm: "é" }],
  ["realm must be", { ...CREDENTIALS, realm: [SECRET] }],
  ["forceIncludeBody must be", { ...CREDENTIALS, forceIncludeBody: SECRET }],
  ["bodyHash must be", { ...CREDENTIALS, bodyHash: SECRET }],
  ["bodyHash must be", { ...CREDENTIALS, bodyHash: true }],
  ["bodyHash is false and", { ...CREDENTIALS, bodyHash: false, forceIncludeBody: true }],
  ["nonce must be", { ...CREDENTIALS, nonce: "" }],
  ["nonce must be", { ...CREDENTIALS, nonce: 7 }],
  ["timestamp must be", { ...CREDENTIALS, timestamp: SECRET }],
  ["timestamp must be", { ...CREDENTIALS, timestamp: 0 }],
  ["timestamp must be", { ...CREDENTIALS, timestamp: 1.5 }],
  ["clock must have", { ...CREDENTIALS, clock: SECRET }],
  ["client_key is not an option; did you mean clientKey?", { ...CREDENTIALS, client_key: SECRET }],
  ["token is not an option; the options are clientKey", { ...CREDENTIALS, token: SECRET }],
  ["oauth_token_secret is not an option", { ...CREDENTIALS, oauth_token_secret: SECRET }],
  ["credentials must be an object", undefined as never],
  ["credentials must be an object", SECRET as never],
  // Keys that do not fit the method
  ["privateKey is for RSA methods", { ...CREDENTIALS, privateKey: PRIVATE_PEM }],
  ["privateKey is missing", RSA_SHA256],
  ["privateKey is missing", { ...RSA_SHA256, privateKey: "" }],
  ["privateKey cannot be read", { ...RSA_SHA256, privateKey: SECRET }],
  ["privateKey cannot be read", { ...RSA_SHA256, privateKey: 7 }],
  ["privateKey cannot be read", { ...RSA_SHA256, privateKey: {} }],
  ["privateKey cannot be read", { ...RSA_SHA256, privateKey: PRIVATE_PEM.replace(/MII.{40}/, "") }],
  [
    "privateKey cannot be read",
    { ...RSA_SHA256, privateKey: { kty: "RSA", n: "AQAB", d: SECRET } },
  ],
  [
    "privateKey cannot be read",
    { ...RSA_SHA256, privateKey: { kty: "RSA", e: "AQAB", d: SECRET } },
  ],
  [
    "privateKey cannot be read",
    {
      ...RSA_SHA256,
      privateKey: RSA.privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "x" }),
    },
  ],
  ["privateKey is a public key", { ...RSA_SHA256, privateKey: PUBLIC_PEM }],
  ["privateKey is a public key", { ...RSA_SHA256, privateKey: RSA.publicKey }],
  [
    "privateKey is a public key",
    { ...RSA_SHA256, privateKey: RSA.publicKey.export({ format: "jwk" }) },
  ],
  ["privateKey is a public key", { ...RSA_SHA256, privateKey: await cryptoKey("public") }],
  ["privateKey is a symmetric key", { ...RSA_SHA256, privateKey: { kty: "oct", k: SECRET } }],
  ["privateKey is no RSA key", { ...RSA_SHA256, privateKey: curve.privateKey }],
  ["privateKey is no RSA key", { ...RSA_SHA256, privateKey: curve.privateKey.export(pem) }],
  [
    "privateKey is no RSA key",
    { ...RSA_SHA256, privateKey: curve.privateKey.export({ format: "jwk" }) },
  ],
  ["privateKey is no RSA key", { ...RSA_SHA256, privateKey: pss.privateKey }],
  [
    "privateKey is no RSA key",
    { ...RSA_SHA256, privateKey: await cryptoKey("private", { name: "RSA-PSS" }) },
  ],
  ["privateKey is an RSA key shorter", { ...RSA_SHA256, privateKey: short.privateKey }],
  ["privateKey is an RSA key shorter", { ...RSA_SHA256, privateKey: short.privateKey.export(pem) }],
  [
    "privateKey is a CryptoKey for SHA-1",
    { ...RSA_SHA256, privateKey: await cryptoKey("private", { hash: "SHA-1" }) },
  ],
  [
    "privateKey is a CryptoKey for another digest",
    { ...RSA_SHA256, privateKey: await cryptoKey("private", { hash: "SHA-384" }) },
  ],
];

const REQUEST_ROWS: [string, object][] = [
  ["url is missing", {}],
  ["url is missing", { url: "" }],
  ["url must be a string or a URL", { url: { href: SECRET } }],
  ["url must be an absolute URL", { url: `/${SECRET}` }],
  ["url must be an absolute URL", { url: SECRET }],
  ["url must be an absolute URL", { url: "https://" }],
  ["url must use https or http", { url: `ftp://api.example.com/${SECRET}` }],
  ["url must use https or http", { url: `data:${SECRET}` }],
  ["its port must be from 1 to 65535", { url: `https://api.example.com:65536/${SECRET}` }],
  ["its port must be from 1 to 65535", { url: `https://api.example.com:0/${SECRET}` }],
  ["its port must be from 1 to 65535", { url: "http://[::1]:99999" }],
  ["user name and password", { url: `https://me:${SECRET}@api.example.com/` }],
  ["method must be", { ...REQUEST, method: `GET ${SECRET}` }],
  ["method must be", { ...REQUEST, method: "" }],
  ["method must be", { ...REQUEST, method: 7 }],
  ["headers must be an object", { ...REQUEST, headers: SECRET }],
  ["headers must have strings", { ...REQUEST, headers: { a: 7, b: null } }],
  ["headers must have each name once", { ...REQUEST, headers: { Host: "a", host: "b" } }],
  ["data is not an option; the options are method", { ...REQUEST, data: { [SECRET]: SECRET } }],
  ["params is not an option", { ...REQUEST, params: { [SECRET]: SECRET } }],
  ["json is not an option", { ...REQUEST, json: { [SECRET]: SECRET } }],
  ["request must be an object", undefined as never],
];

it.each(CREDENTIAL_ROWS)("credentials: %s (%#)", async (problem, credentials) => {
  const error = await errorOf(() => sign(REQUEST, credentials as never));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toMatchObject({
    code: "CONFIGURATION_INVALID",
    problems: [expect.stringContaining(problem)],
  });
});

it.each(REQUEST_ROWS)("request: %s (%#)", async (problem, request) => {
  const error = await errorOf(() => sign(request as never, CREDENTIALS));
  expect(error).toMatchObject({
    code: "CONFIGURATION_INVALID",
    problems: [expect.stringContaining(problem)],
  });
});

it("all problems are listed in one error", async () => {
  const error = await errorOf(() =>
    sign({ url: SECRET, method: "" }, { clientKey: "", timestamp: -1, colour: SECRET } as never),
  );
  expect(error["problems"]).toHaveLength(6);
});

it("inherited properties are not credentials: Object.prototype adds none", async () => {
  const inherited = Object.create({ resourceOwnerKey: CANARY.token }) as object;
  const { headers } = await sign(REQUEST, Object.assign(inherited, CREDENTIALS));
  expect(headers["Authorization"]).not.toContain("oauth_token");
});

it("valid credentials and requests are accepted", async () => {
  for (const credentials of [
    CREDENTIALS,
    { ...CREDENTIALS, resourceOwnerKey: "token" },
    { ...CREDENTIALS, callbackUri: "oob", realm: "" },
    { ...CREDENTIALS, callbackUri: "myapp://callback", bodyHash: false, forceIncludeBody: false },
    { ...RSA_SHA256, privateKey: PRIVATE_PEM, clientSecret: "not needed" },
  ] as const) {
    expect((await sign(REQUEST, credentials)).url).toBe("https://api.example.com/");
  }
});
