import type { SigningKey } from "@grantkit/core";
import type { KeyObject, webcrypto } from "node:crypto";
import type { DigestName, Eventual } from "./crypto.ts";

/** Which half of a key pair. */
export type KeyHalf = "private" | "public";

/** A key that was read once and signs or verifies many times: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). */
export interface RsaKey {
  /** The one digest that it may be used with: a `CryptoKey` says so itself. */
  readonly digest: DigestName | undefined;
  /** The signature of a text, as base64. */
  sign(digest: DigestName, text: string): Eventual<string>;
  /** Whether a signature, as base64, is the one of a text. */
  verify(digest: DigestName, text: string, signature: string): Eventual<boolean>;
}

/** Why a key was refused: a sentence that goes on after the option's name. */
export class KeyRefusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The forms in which keys come. */
export type KeyMaterial =
  | { readonly form: "pem"; readonly pem: string }
  | { readonly form: "jwk"; readonly jwk: webcrypto.JsonWebKey }
  | { readonly form: "KeyObject"; readonly key: KeyObject }
  | {
      readonly form: "CryptoKey";
      readonly key: webcrypto.CryptoKey;
      readonly digest: DigestName;
    };

// Shorter ones were broken long ago; 1024 bits is what OAuth's own examples had.
const SHORTEST_MODULUS = 1024;

const SAID = {
  private: "a private RSA key as PEM (-----BEGIN PRIVATE KEY-----, no passphrase)",
  public: "a public RSA key as PEM (-----BEGIN PUBLIC KEY-----)",
};

/** For a key that is none, or none that can be read. */
export function unreadableKey(half: KeyHalf): KeyRefusal {
  return new KeyRefusal(`cannot be read: pass ${SAID[half]}, JWK, KeyObject or CryptoKey`);
}

const OTHER_HALF = {
  private: "is a public key: pass the private half, which signs",
  public: "is a private key: pass the public half, and keep the private one to its owner",
};

/** @throws KeyRefusal when a key's type is not that of the half that is needed. */
function checkHalf(type: unknown, half: KeyHalf): void {
  if (type === half) return;
  if (type === "secret") throw new KeyRefusal("is a symmetric key: RSA methods need an RSA key");
  throw new KeyRefusal(OTHER_HALF[half]);
}

/** @throws KeyRefusal when a modulus is too short. */
export function checkModulus(bits: number | undefined): void {
  if (bits !== undefined && bits < SHORTEST_MODULUS) {
    throw new KeyRefusal(
      `is an RSA key shorter than ${SHORTEST_MODULUS} bits: make one of 2048 or more`,
    );
  }
}

/** The refusal of a key that is another kind than RSA with PKCS #1 v1.5 padding. */
export function wrongKind(): KeyRefusal {
  return new KeyRefusal("is no RSA key: RSA methods sign with RSASSA-PKCS1-v1_5 alone");
}

/** @throws KeyRefusal when it is no key, or visibly the other half or another kind. */
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
  // Environment variables often have it on one line, its line ends written out.
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
    // What it is for (alg, use, key_ops) was written for another use, and would be held against this one.
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
