import type { CryptoKey, JWK } from "jose";

/** PEM as environment variables often have it: on one line, its line ends written out. */
export function unescaped(pem: string): string {
  return pem.trim().replaceAll(String.raw`\n`, "\n");
}

/**
 * A private key in PEM as a JWK; undefined where there is no Node to read it.
 *
 * @throws TypeError for what is no key.
 */
export function jwkOfPem(pem: string): JWK | undefined {
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") {
    return undefined;
  }
  try {
    const { createPrivateKey } = process.getBuiltinModule("node:crypto");
    return createPrivateKey(unescaped(pem)).export({ format: "jwk" });
  } catch {
    throw new TypeError(
      "the key cannot be read: pass a private key as PEM (-----BEGIN PRIVATE KEY-----), JWK, KeyObject or CryptoKey",
    );
  }
}

/**
 * A private key as a JWK, from a JWK or from Node's `KeyObject`.
 *
 * @throws TypeError for what is neither.
 */
export function jwkOf(key: unknown): JWK {
  if (isKeyObject(key)) {
    if (key.type !== "private") throw new TypeError("the key is not a private key");
    return key.export({ format: "jwk" });
  }
  if (typeof (key as JWK | null)?.kty !== "string") {
    throw new TypeError("the key is none: pass a private key as PEM, JWK, KeyObject or CryptoKey");
  }
  return key as JWK;
}

function isKeyObject(
  key: unknown,
): key is { readonly type: string; export(options: { format: "jwk" }): JWK } {
  return typeof (key as { export?: unknown } | null)?.export === "function";
}

const CURVES: Readonly<Record<string, string>> = {
  "P-256": "ES256",
  "P-384": "ES384",
  "P-521": "ES512",
  Ed25519: "EdDSA",
};

/**
 * The algorithm that a key signs JWTs with (RFC 7518 §3.1), where nobody says another.
 *
 * @throws TypeError for a kind of key that signs none.
 */
export function algorithmOf({ kty, crv }: JWK): string {
  const algorithm = kty === "RSA" ? "RS256" : CURVES[crv ?? ""];
  if (algorithm === undefined) throw new TypeError("the key is of a kind that signs no JWT");
  return algorithm;
}

/** The algorithm that a key of the platform's is bound to. */
export function algorithmOfCryptoKey({ algorithm }: CryptoKey): string {
  const { name, namedCurve, hash } = algorithm as {
    name: string;
    namedCurve?: string;
    hash?: { name: string };
  };
  const size = hash?.name.slice("SHA-".length) ?? "256";
  if (name === "RSASSA-PKCS1-v1_5") return `RS${size}`;
  if (name === "RSA-PSS") return `PS${size}`;
  return CURVES[namedCurve ?? name] ?? name;
}
