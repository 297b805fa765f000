import type { CryptoKey, JWK } from "jose";
import { definedFields, ownOptions } from "../options/own-fields.ts";
import { calculateJwkThumbprint, exportJWK, importJWK, importPKCS8, SignJWT } from "./jose.ts";
import type { ImportedKey, PublicJwk, Signer } from "./signing-key.ts";
import {
  algorithmOf,
  algorithmOfCryptoKey,
  checkedToSign,
  isCryptoKey,
  jwkOf,
  jwkOfPem,
  unescaped,
} from "./private-key-forms.ts";

/** Signs claims as a JWT (RFC 7515). */
export function signJwt(
  claims: Readonly<Record<string, unknown>>,
  { key, algorithm, keyId }: ImportedKey,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ ...header, alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    .sign(key);
}

/**
 * Imports a private key.
 *
 * @throws TypeError whose message says what is wrong with the key, and shows nothing of it.
 */
export async function importSigningKey(signer: Signer): Promise<ImportedKey> {
  const { key, algorithm, keyId } = ownOptions(signer);
  if (isCryptoKey(key)) {
    return checkedToSign({ key, algorithm: algorithm ?? algorithmOfCryptoKey(key), keyId });
  }
  const jwk = typeof key === "string" ? jwkOfPem(key) : jwkOf(key);
  if (jwk === undefined) {
    // Without Node's crypto only PKCS #8 can be read, and the caller has to name the algorithm.
    const chosen = algorithm ?? "RS256";
    const read = await importPKCS8(unescaped(key as string), chosen).catch(() => {
      throw new TypeError("the key cannot be read: pass a PKCS #8 PEM and its algorithm");
    });
    return checkedToSign({ key: read, algorithm: chosen, keyId });
  }
  if (typeof jwk.d !== "string") {
    throw new TypeError("the key is not a private key: pass the half that signs");
  }
  const chosen = algorithm ?? jwk.alg ?? algorithmOf(jwk);
  const { key_ops: _operations, use: _use, ...plain } = jwk;
  const read = await importJWK(plain, chosen).catch(() => {
    throw new TypeError(`the key cannot be used with ${chosen}`);
  });
  return checkedToSign({
    key: read as CryptoKey,
    algorithm: chosen,
    keyId: keyId ?? jwk.kid,
    publicJwk: publicPart(jwk),
  });
}

/**
 * Gives the public half of a private key.
 *
 * @param publicKey - That half, for a private key that cannot be exported.
 * @throws TypeError when neither the key nor the caller has it.
 */
export async function publicJwkOf(
  { key, publicJwk }: ImportedKey,
  publicKey?: CryptoKey,
): Promise<PublicJwk> {
  if (publicJwk) return publicJwk;
  if (!publicKey && !key.extractable) {
    throw new TypeError("the key cannot be exported: pass the pair, { privateKey, publicKey }");
  }
  return publicPart(await exportJWK(publicKey ?? key));
}

function publicPart({ kty, crv, x, y, e, n }: JWK): PublicJwk {
  return definedFields({ kty, crv, x, y, e, n });
}

/** Computes a key's thumbprint with SHA-256 (RFC 7638). */
export function thumbprintOf(jwk: PublicJwk): Promise<string> {
  return calculateJwkThumbprint({ ...jwk });
}
