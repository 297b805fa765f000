import type { SigningKey } from "@grantkit/core";
import type { KeyObject, webcrypto } from "node:crypto";
import type { DigestName, Eventual } from "./crypto.ts";

/** A half of a key pair. */
export type KeyHalf = "private" | "public";

/** A parsed RSA key, which signs or verifies with RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). */
export interface RsaKey {
  /** The only digest that a `CryptoKey` may be used with; undefined for other forms of keys. */
  readonly digest: DigestName | undefined;
  /** Signs a text; the signature is base64. */
  sign(digest: DigestName, text: string): Eventual<string>;
  /** Whether a base64 signature is that of a text. */
  verify(digest: DigestName, text: string, signature: string): Eventual<boolean>;
}

/** Why a key was refused: a sentence without its subject, the option's name. */
export class KeyRefusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A key in one of its forms. */
export type KeyMaterial =
  | { readonly form: "pem"; readonly pem: string }
  | { readonly form: "jwk"; readonly jwk: webcrypto.JsonWebKey }
  | { readonly form: "KeyObject"; readonly key: KeyObject }
  | {
      readonly form: "CryptoKey";
      readonly key: webcrypto.CryptoKey;
      readonly digest: DigestName;
    };

// OAuth's own examples have 1024 bits; shorter keys have been broken.
const SHORTEST_MODULUS = 1024;

const PEMS = {
  private: "a private RSA key as PEM (-----BEGIN PRIVATE KEY-----, no passphrase)",
  public: "a public RSA key as PEM (-----BEGIN PUBLIC KEY-----)",
};

/** The refusal of a key that cannot be parsed. */
export function unreadableKey(half: KeyHalf): KeyRefusal {
  return new KeyRefusal(`cannot be read: pass ${PEMS[half]}, JWK, KeyObject or CryptoKey`);
}

const OTHER_HALF = {
  private: "is a public key: pass the private half, which signs",
  public: "is a private key: pass the public half, and leave the private one with its owner",
};

/** @throws KeyRefusal if a key is not the half that is needed. */
function checkHalf(type: unknown, half: KeyHalf): void {
  if (type === half) return;
  if (type === "secret") throw new KeyRefusal("is a symmetric key: RSA methods need an RSA key");
  throw new KeyRefusal(OTHER_HALF[half]);
}

/** @throws KeyRefusal if a modulus is too short. */
export function checkModulus(bits: number | undefined): void {
  if (bits !== undefined && bits < SHORTEST_MODULUS) {
    throw new KeyRefusal(
      `is an RSA key shorter than ${SHORTEST_MODULUS} bits: make one of 2048 or more`,
    );
  }
}

/** The refusal of a key that is not for RSA with PKCS #1 v1.5 padding. */
export function wrongKind(): KeyRefusal {
  return new KeyRefusal("is no RSA key: RSA methods sign with RSASSA-PKCS1-v1_5 only");
}

/**
 * Finds out the form of a key.
 *
 * @throws KeyRefusal if it is no key, the other half, or another kind, as far as can be seen without parsing it.
 */
export function keyMaterial(key: SigningKey, half: KeyHalf): KeyMaterial {
  if (typeof key === "string") return pemMaterial(key, half);
  if (typeof key !== "object" || key === null) throw unreadableKey(half);
  if ("algorithm" in key && "usages" in key) {
    return cryptoKeyMaterial(key, half);
  }
  if (typeof (key as { export?: unknown }).export === "function") {
    checkHalf((key as { type?: unknown }).type, half);
    return { form: "KeyObject", key: key as unknown as KeyObject };
  }
  return jwkMaterial(key as webcrypto.JsonWebKey, half);
}

function pemMaterial(text: string, half: KeyHalf): KeyMaterial {
  // Environment variables often hold it on one line, with "\n" for line ends.
  const pem = text.trim().replaceAll(String.raw`\n`, "\n");
  const label = /^-----BEGIN ([A-Z ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw unreadableKey(half);
  if (/PUBLIC KEY|PRIVATE KEY/.test(label)) {
    checkHalf(label.includes("PRIVATE") ? "private" : "public", half);
  }
  return { form: "pem", pem };
}

function jwkMaterial(jwk: webcrypto.JsonWebKey, half: KeyHalf): KeyMaterial {
  if (typeof jwk.kty !== "string") throw unreadableKey(half);
  if (jwk.kty === "oct") checkHalf("secret", half);
  if (jwk.kty !== "RSA") throw wrongKind();
  if (typeof jwk.n !== "string" || typeof jwk.e !== "string") throw unreadableKey(half);
  checkHalf(jwk.d === undefined ? "public" : "private", half);
  const { kty, n, e, d, p, q, dp, dq, qi } = jwk;
  const fields = Object.entries({ kty, n, e, d, p, q, dp, dq, qi });
  return {
    form: "jwk",
    // Without alg, use and key_ops: they may name another use, and the key would be refused for it.
    jwk: Object.fromEntries(fields.filter(([, value]) => value !== undefined)),
  };
}

const DIGESTS: readonly string[] = ["SHA-1", "SHA-256", "SHA-512"] satisfies DigestName[];

function cryptoKeyMaterial(key: webcrypto.CryptoKey, half: KeyHalf): KeyMaterial {
  checkHalf(key.type, half);
  const { name, hash, modulusLength } = key.algorithm as Partial<webcrypto.RsaHashedKeyAlgorithm>;
  if (name !== "RSASSA-PKCS1-v1_5") throw wrongKind();
  checkModulus(modulusLength);
  const digest = hash?.name ?? "";
  if (!DIGESTS.includes(digest)) {
    throw new KeyRefusal("is a CryptoKey for another digest than SHA-1, SHA-256 and SHA-512");
  }
  const usage = half === "private" ? "sign" : "verify";
  if (!key.usages.includes(usage)) {
    throw new KeyRefusal(`is a CryptoKey that may not ${usage}: import it with that usage`);
  }
  return { form: "CryptoKey", key, digest: digest as DigestName };
}
