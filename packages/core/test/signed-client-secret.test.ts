import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ConfigurationError,
  type OAuth2Client,
  signedClientSecret,
  type SignedClientSecretOptions,
} from "@grantkit/core";
import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { expectNoCanary, rejectionOf } from "./support/canaries.ts";
import type { Answer } from "./support/loopback-server.ts";
import { callbackFor, signIn, TokenEndpoint } from "./support/token-endpoint.ts";
import { thrown } from "./support/thrown.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const AUDIENCE = "https://appleid.apple.example";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  endpoint.answer(async ({ body }) => apple(new URLSearchParams(body)));
});
afterEach(() => endpoint.close());

/** Accepts what Apple accepts: an ES256 JWT of the team for this client, with the key's id, for six months at most. */
async function apple(form: URLSearchParams): Promise<Answer> {
  const secret = form.get("client_secret") ?? "";
  const now = new Date(endpoint.clock.now());
  const verified = await jwtVerify(secret, publicKey, {
    algorithms: ["ES256"],
    issuer: "TEAM123456",
    subject: "com.example.app",
    audience: AUDIENCE,
    currentDate: now,
    requiredClaims: ["iat", "exp"],
  }).catch(() => undefined);
  const isGood =
    verified?.protectedHeader.kid === "KEY1234567" &&
    (verified.payload.exp ?? Infinity) - now.getTime() / 1000 <= 15_777_000 &&
    form.get("client_id") === "com.example.app";
  return isGood
    ? { body: { access_token: "at-apple-0001", token_type: "Bearer", refresh_token: "rt-apple" } }
    : { status: 400, body: { error: "invalid_client", error_description: secret } };
}

function client(changes: Partial<SignedClientSecretOptions> = {}): OAuth2Client {
  return endpoint.client(
    {},
    { clientId: "com.example.app", clientSecret: signedClientSecret({ ...GOOD, ...changes }) },
  );
}

const GOOD = {
  issuer: "TEAM123456",
  subject: "com.example.app",
  audience: AUDIENCE,
  key: PEM,
  keyId: "KEY1234567",
  get clock() {
    return endpoint.clock;
  },
};

const secretSent = (index: number) => endpoint.form(index)["client_secret"] ?? "";

describe("signedClientSecret()", () => {
  it("signs a secret that Apple's rules accept, and the next one before it expires", async () => {
    const of = client();
    const token = await signIn(of);
    expect(decodeProtectedHeader(secretSent(0))).toEqual({ alg: "ES256", kid: "KEY1234567" });
    const { iat = 0, exp = 0 } = decodeJwt(secretSent(0));
    expect([iat, exp - iat]).toEqual([endpoint.clock.seconds, 3600]);

    endpoint.clock.advance(3500_000);
    const second = await of.refreshToken(token);
    expect(secretSent(1)).toBe(secretSent(0));
    endpoint.clock.advance(50_000);
    await of.refreshToken(second);
    expect(secretSent(2)).not.toBe(secretSent(0));
  });

  it.each<[string, Partial<SignedClientSecretOptions>]>([
    ["a JWK", { key: { ...privateKey.export({ format: "jwk" }), kid: "KEY1234567" } }],
    ["a KeyObject", { key: privateKey }],
    ["a PEM on one line", { key: PEM.replaceAll("\n", String.raw`\n`) }],
    ["six months", { lifetime: 15_777_000 }],
  ])("takes %s", async (_name, changes) => {
    const { keyId, ...rest } = GOOD;
    const options = "kid" in Object(changes.key) ? rest : { ...rest, keyId };
    const of = endpoint.client(
      {},
      {
        clientId: "com.example.app",
        clientSecret: signedClientSecret({ ...options, clock: endpoint.clock, ...changes }),
      },
    );
    await signIn(of);
    expect(endpoint.requests).toHaveLength(1);
  });

  it("shows the secret in no error when the provider repeats it", async () => {
    const of = client({ issuer: "OTHERTEAM1" });
    const request = await of.authorizationRequest();
    const error = await rejectionOf(of.fetchToken(callbackFor(request), request));
    expect(error).toMatchObject({ code: "INVALID_CLIENT" });
    expectNoCanary(error, secretSent(0));
  });

  it("refuses at the first request a key that cannot sign, and shows nothing of it", async () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const text = rsa.export({ format: "pem", type: "pkcs8" }).toString();
    for (const key of [text, "no-key-at-all"]) {
      const error = await rejectionOf(client({ key }).fetchClientCredentialsToken());
      expect(error).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("signedClientSecret()"),
      });
      expectNoCanary(error, key.slice(40, 80) || key, key);
    }
    expect(endpoint.requests).toEqual([]);
  });

  it("lists what is wrong with its options at once", async () => {
    const bad = { issuer: "", lifetime: 20_000_000, keyid: "K" } as never;
    const error = await thrown((async () => signedClientSecret(bad))());
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as ConfigurationError).problems).toEqual([
      expect.stringContaining("keyId"),
      expect.stringMatching(/^issuer is missing/),
      expect.stringMatching(/^subject is missing/),
      expect.stringMatching(/^audience is missing/),
      expect.stringMatching(/^key is missing/),
      "lifetime must be a number of seconds from 120 to 15777000",
    ]);
  });
});
