import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import { selfSignedCertificate } from "./certificate.ts";
import { randomFrom } from "./random-text.ts";

/** The RS256 keys that sign ID tokens. */
export interface SigningKeys {
  /**
   * Signs claims with the newest key; `forged` signs with an unpublished key under the id of the newest key. `typ` is that of
   * the JWT, by default `JWT`.
   */
  sign(
    claims: JWTPayload,
    options?: { readonly forged?: boolean; readonly typ?: string },
  ): Promise<string>;
  /** Returns the published keys. */
  jwks(): Promise<{ keys: JWK[] }>;
  /** Returns the published keys as self-signed X.509 certificates of this name: PEM texts by key id. */
  certificates(commonName: string): Promise<Record<string, string>>;
  /** Adds a new key and resolves to its id. The previous key stays published until the next rotation. */
  rotate(): Promise<string>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

// Google's key set holds two keys: the current one, and the previous or the next one.
const PUBLISHED_KEYS = 2;

/** Creates the signing keys of one emulator. The first key is generated on first use. */
export function signingKeys(): SigningKeys {
  let ring: Promise<SigningKey[]> | undefined;
  const keys = (): Promise<SigningKey[]> => (ring ??= newKey().then((key) => [key]));
  return {
    async sign(claims, { forged = false, typ = "JWT" } = {}) {
      const [current] = (await keys()) as [SigningKey];
      const { privateKey } = forged ? await newKey() : current;
      return new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: current.kid, typ })
        .sign(privateKey);
    },
    async jwks() {
      return { keys: await Promise.all((await keys()).map(publicJwk)) };
    },
    async certificates(commonName) {
      const entries = (await keys()).map(
        async (key) => [key.kid, await selfSignedCertificate(commonName, key)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    },
    async rotate() {
      const [key, previous] = await Promise.all([newKey(), keys()]);
      ring = Promise.resolve([key, ...previous].slice(0, PUBLISHED_KEYS));
      return key.kid;
    },
  };
}

async function newKey(): Promise<SigningKey> {
  const pair = await generateKeyPair("RS256");
  return { kid: randomFrom("0123456789abcdef", 40), ...pair };
}

async function publicJwk({ kid, publicKey }: SigningKey): Promise<JWK> {
  const { kty = "RSA", n = "", e = "" } = await exportJWK(publicKey);
  return { kty, n, e, kid, alg: "RS256", use: "sig" };
}
