import type { CryptoKey, JSONWebKeySet, JWTPayload, JWTVerifyOptions, JWTVerifyResult } from "jose";
import { ownFields } from "../options/own-fields.ts";
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from "./jose.ts";
import type { JwtClaims } from "./jwt-claims.ts";
import { JwtRefusal } from "./jwt-refusal.ts";
import type { KeySetDocument } from "./key-set.ts";

/** What the header and the registered claims of a JWT must be. */
export interface JwtExpectations {
  readonly algorithms: readonly string[];
  /** The audience must be one of them. */
  readonly clientIds: readonly string[];
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
 * Verifies a JWT's signature with a key set or with a shared secret, and its registered claims (RFC 7519 §7.2) but `iss`.
 *
 * @throws {@link JwtRefusal}.
 */
export async function verifyJwt(
  jwt: string,
  keys: KeySetDocument | Uint8Array,
  expected: JwtExpectations,
  { requiredClaims, optionalParties = false }: JwtClaims,
): Promise<VerifiedJwt> {
  try {
    const options = {
      algorithms: [...expected.algorithms],
      ...(!optionalParties && { audience: [...expected.clientIds] }),
      clockTolerance: expected.clockTolerance,
      currentDate: new Date(expected.now),
      requiredClaims: [...requiredClaims],
    };
    const { payload, protectedHeader } =
      keys instanceof Uint8Array
        ? await jwtVerify(jwt, keys, options)
        : await verifyWithFittingKey(jwt, keyFinder(keys), options);
    // jose accepts one extension itself (b64), and none belongs in these tokens.
    const { crit, alg, typ } = ownFields(protectedHeader);
    if (crit !== undefined) throw CRITICAL;
    return { payload, algorithm: alg, type: typ };
  } catch (error) {
    throw hasCritical(jwt) ? CRITICAL : refusalOf(error, expected);
  }
}

/**
 * Verifies a JWT with the key that its header names. Where several keys fit the header, each is tried (RFC 7517 §4.5);
 * without `kid` they must all be one key (OpenID Connect Core §10.1).
 */
async function verifyWithFittingKey(
  jwt: string,
  find: KeyFinder,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  let ambiguous: errors.JWKSMultipleMatchingKeys | undefined;
  try {
    return await jwtVerify(jwt, find, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    ambiguous = error;
  }
  const keys = new Map<string, CryptoKey>();
  for await (const key of ambiguous) {
    // One that has no thumbprint is no key, whatever the platform made of it.
    const thumbprint = await calculateJwkThumbprint(key).catch(() => undefined);
    if (thumbprint !== undefined) keys.set(thumbprint, key);
  }
  if (decodeProtectedHeader(jwt).kid === undefined && keys.size > 1) throw ambiguous;
  let failure: unknown = ambiguous;
  for (const key of keys.values()) {
    try {
      return await jwtVerify(jwt, key, options);
    } catch (error) {
      const isAboutClaims =
        error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      if (isAboutClaims) throw error;
      // A key that is too weak, for example, says less than a wrong signature.
      if (!(failure instanceof errors.JWSSignatureVerificationFailed)) failure = error;
    }
  }
  throw failure;
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
const finders = new WeakMap<KeySetDocument, KeyFinder>();

type KeyFinder = ReturnType<typeof createLocalJWKSet>;

function keyFinder(keys: KeySetDocument): KeyFinder {
  const finder = finders.get(keys) ?? createLocalJWKSet(keys as unknown as JSONWebKeySet);
  finders.set(keys, finder);
  return finder;
}

function refusalOf(error: unknown, { algorithms }: JwtExpectations): JwtRefusal {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    return refusalOfClaim(error);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new JwtRefusal("kid", "the key it names is not among the provider's", "keyMissing");
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return new JwtRefusal("kid", "it has no kid, and several keys match it");
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new JwtRefusal("alg", `its algorithm is not ${algorithms.join(" or ")}`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new JwtRefusal("signature", "its signature is wrong");
  }
  const isKeyAtFault = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSInvalid;
  return isKeyAtFault
    ? UNUSABLE_KEY
    : new JwtRefusal("jwt", "it is not a JWT that can be verified");
}

/** What is not jose's own error came of the key: it cannot be imported, is too short or is a private one. */
const UNUSABLE_KEY = new JwtRefusal(
  "jwt",
  "the provider's key for it cannot be used: it is too short, or no public key",
);

function refusalOfClaim({
  claim,
  reason,
}: errors.JWTExpired | errors.JWTClaimValidationFailed): JwtRefusal {
  const isTime = ["exp", "nbf", "iat"].includes(claim) && reason === "check_failed";
  const problem = reason === "missing" ? "is missing" : "is wrong";
  return new JwtRefusal(claim, `${claim} ${problem}`, isTime ? "time" : undefined);
}
