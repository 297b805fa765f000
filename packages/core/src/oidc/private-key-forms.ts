import type { CryptoKey, JWK } from "jose";
import { ownFields } from "../options/own-fields.ts";
import type { ImportedKey, SigningKey } from "./signing-key.ts";

/** Restores the line breaks of a PEM that an environment variable has on one line as `\n`. */
export function unescaped(pem: string): string {
  return pem.trim().replaceAll(String.raw`\n`, "\n");
}

/**
 * Reads a private key in PEM as a JWK.
 *
 * @returns undefined where there is no Node to read it.
 * @throws TypeError when it cannot be read.
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
 * Reads a private key as a JWK, from a JWK or Node's `KeyObject`.
 *
 * @throws TypeError for any other value.
 */
export function jwkOf(key: unknown): JWK {
  if (isKeyObject(key)) {
    if (key.type !== "private") throw new TypeError("the key is not a private key");
    return key.export({ format: "jwk" });
  }
  if (typeof (key as JWK | null)?.kty !== "string") {
    throw new TypeError(
      "the key cannot be read: pass a private key as PEM, JWK, KeyObject or CryptoKey",
    );
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
 * Gives the usual algorithm that a key signs JWTs with (RFC 7518 §3.1).
 *
 * @throws TypeError for a kind of key that cannot sign JWTs.
 */
export function algorithmOf({ kty, crv }: JWK): string {
  const algorithm = kty === "RSA" ? "RS256" : CURVES[crv ?? ""];
  if (algorithm === undefined) throw new TypeError("the key is of a kind that cannot sign JWTs");
  return algorithm;
}

/** Gives the algorithm that a `CryptoKey` is bound to. */
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

/** Whether a private key is one of the platform's. */
export function isCryptoKey(key: SigningKey): key is CryptoKey {
  return typeof key === "object" && key !== null && "usages" in key && "algorithm" in key;
}

/**
 * Checks that an imported key may sign.
 *
 * @throws TypeError whose message says what is wrong with the key.
 */
export function checkedToSign(imported: ImportedKey): ImportedKey {
  const { type, usages, algorithm } = imported.key;
  if (type !== "private" || !usages.includes("sign")) {
    throw new TypeError("the key is not a private key that may sign");
  }
  const { modulusLength } = algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < 2048) {
    throw new TypeError(
      "the RSA key is shorter than 2048 bits and so not secure: generate a longer one",
    );
  }
  return ownFields(imported);
}
