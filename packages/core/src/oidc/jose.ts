import {
  calculateJwkThumbprint,
  type CryptoKey,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  exportJWK,
  importJWK,
  importPKCS8,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  type KeyObject,
  jwtVerify,
  SignJWT,
} from "jose";
import { definedFields, ownFields, ownOptions } from "../options/own-fields.ts";
import { JwtRefusal } from "./jwt-refusal.ts";
import type { KeySetDocument } from "./key-set.ts";
import {
  algorithmOf,
  algorithmOfCryptoKey,
  jwkOf,
  jwkOfPem,
  unescaped,
} from "./private-key-forms.ts";

/** A private key: PEM, JWK, Node's `KeyObject` or the platform's `CryptoKey`. */
export type SigningKey = string | JWK | KeyObject | CryptoKey;

/** A pair of `CryptoKey`s. */
export interface WebKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A private key, with how it signs where the key itself does not say. */
export interface Signer {
  readonly key: SigningKey;
  readonly algorithm?: string | undefined;
  readonly keyId?: string | undefined;
}

/** An imported private key. */
export interface ImportedKey {
  readonly key: CryptoKey;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  /** The public half, where the key could be read. */
  readonly publicJwk?: PublicJwk;
}

/** A public key as a JWK with the key's own fields only. */
export type PublicJwk = Readonly<Pick<JWK, "kty" | "crv" | "x" | "y" | "e" | "n">>;

/** What the header and the registered claims of a JWT must be. */
export interface JwtExpectations {
  readonly algorithms: readonly string[];
  readonly issuers: readonly string[];
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Seconds by which two clocks may differ. */
  readonly clockTolerance: number;
}

/** A JWT with a valid signature and valid registered claims. */
export interface VerifiedJwt {
  readonly payload: JWTPayload;
  readonly algorithm: string;
  readonly type: string | undefined;
}

/**
 * Verifies a JWT's signature with a key set, and its registered claims (RFC 7519 §7.2).
 *
 * @throws {@link JwtRefusal}.
 */
export async function verifyJwt(
  jwt: string,
  keys: KeySetDocument,
  expected: JwtExpectations,
  requiredClaims: readonly string[],
): Promise<VerifiedJwt> {
  try {
    const { payload, protectedHeader } = await jwtVerify(jwt, keyFinder(keys), {
      algorithms: [...expected.algorithms],
      issuer: [...expected.issuers],
      audience: expected.clientId,
      clockTolerance: expected.clockTolerance,
      currentDate: new Date(expected.now),
      requiredClaims: [...requiredClaims],
    });
    // jose accepts one extension itself (b64), and none belongs in these tokens.
    const { crit, alg, typ } = ownFields(protectedHeader);
    if (crit !== undefined) throw CRITICAL;
    return { payload, algorithm: alg, type: typ };
  } catch (error) {
    throw hasCritical(jwt) ? CRITICAL : refusalOf(error, expected);
  }
}

const CRITICAL = new JwtRefusal("crit", "its header has crit");

function hasCritical(jwt: string): boolean {
  try {
    return Object.hasOwn(decodeProtectedHeader(jwt), "crit");
  } catch {
    return false;
  }
}

// A finder keeps the keys that it has imported: a new one for each JWT would import them each time.
const finders = new WeakMap<KeySetDocument, ReturnType<typeof createLocalJWKSet>>();

function keyFinder(keys: KeySetDocument): ReturnType<typeof createLocalJWKSet> {
  const finder = finders.get(keys) ?? createLocalJWKSet(keys as unknown as JSONWebKeySet);
  finders.set(keys, finder);
  return finder;
}

function refusalOf(error: unknown, { algorithms }: JwtExpectations): JwtRefusal {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    const isTime = ["exp", "nbf", "iat"].includes(claim) && reason === "check_failed";
    const problem = reason === "missing" ? "is missing" : "is wrong";
    return new JwtRefusal(claim, `${claim} ${problem}`, isTime ? "time" : undefined);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new JwtRefusal("kid", "the key it names is not among the provider's", "keyMissing");
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return new JwtRefusal("kid", "several keys fit it");
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new JwtRefusal("alg", `its algorithm is not ${algorithms.join(" or ")}`);
  }
  return error instanceof errors.JWSSignatureVerificationFailed
    ? new JwtRefusal("signature", "its signature is wrong")
    : new JwtRefusal("jwt", "it is not a JWT that can be verified");
}

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
    return checked({ key, algorithm: algorithm ?? algorithmOfCryptoKey(key), keyId });
  }
  const jwk = typeof key === "string" ? jwkOfPem(key) : jwkOf(key);
  if (jwk === undefined) {
    // Without Node's crypto only PKCS #8 can be read, and the caller has to name the algorithm.
    const chosen = algorithm ?? "RS256";
    const read = await importPKCS8(unescaped(key as string), chosen).catch(() => {
      throw new TypeError("the key cannot be read: pass a PKCS #8 PEM and its algorithm");
    });
    return checked({ key: read, algorithm: chosen, keyId });
  }
  if (typeof jwk.d !== "string") {
    throw new TypeError("the key is not a private key: pass the half that signs");
  }
  const chosen = algorithm ?? jwk.alg ?? algorithmOf(jwk);
  const { key_ops: _operations, use: _use, ...plain } = jwk;
  const read = await importJWK(plain, chosen).catch(() => {
    throw new TypeError(`the key cannot be used with ${chosen}`);
  });
  return checked({
    key: read as CryptoKey,
    algorithm: chosen,
    keyId: keyId ?? jwk.kid,
    publicJwk: publicPart(jwk),
  });
}

function isCryptoKey(key: SigningKey): key is CryptoKey {
  return typeof key === "object" && key !== null && "usages" in key && "algorithm" in key;
}

function checked(imported: ImportedKey): ImportedKey {
  const { type, usages, algorithm } = imported.key;
  if (type !== "private" || !usages.includes("sign")) {
    throw new TypeError("the key is not a private key that may sign");
  }
  const { modulusLength } = algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < 2048) {
    throw new TypeError("the RSA key is shorter than 2048 bits, which nobody should accept");
  }
  return ownFields(imported);
}

const lastImported = new WeakMap<object, Signer & { readonly imported: Promise<ImportedKey> }>();

/**
 * Imports the private key that an owner signs with, and does so again only when the key changes: an import takes a
 * hundred times as long as a signature.
 *
 * @param owner - The object that the key is remembered with.
 * @throws TypeError as {@link importSigningKey} does.
 */
export function importOnce(owner: object, signer: Signer): Promise<ImportedKey> {
  const { key, algorithm, keyId } = ownOptions(signer);
  const last = lastImported.get(owner);
  if (last?.key === key && last.algorithm === algorithm && last.keyId === keyId) {
    return last.imported;
  }
  const imported = importSigningKey({ key, algorithm, keyId });
  lastImported.set(owner, { key, algorithm, keyId, imported });
  return imported;
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
