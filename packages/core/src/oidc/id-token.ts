import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from "jose";
import { sameSecret } from "../authorization/random.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { DEEPEST, isDeeper } from "../http/response-body.ts";
import type { IdTokenClaims } from "./claims.ts";
import type { KeySet } from "./key-set.ts";

/** What an ID token must say to be accepted. Times are in seconds. */
export interface IdTokenExpectations {
  readonly provider: string;
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly algorithms: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly nonce?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly maxAge?: number | undefined;
  /** How far `iat` may be from now, to either side; without it only a time to come is refused. */
  readonly issuedWithin?: number | undefined;
  /** The server's own time, in milliseconds since the epoch: tells a wrong clock from a wrong token. */
  readonly serverTime?: number | undefined;
}

const LONGEST_JWT = 16 * 1024;
const CLOCK_TOLERANCE = 30;
const NOTICEABLE_SKEW = 60;

/**
 * Verifies an ID token's signature and claims (OpenID Connect Core §3.1.3.7).
 *
 * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when it is this machine's clock that is wrong.
 */
export async function verifyIdToken(
  jwt: string,
  keySet: KeySet,
  expected: IdTokenExpectations,
): Promise<IdTokenClaims> {
  const refuse = (claim: string, reason: string): never => {
    throw new OAuthError(
      "ID_TOKEN_INVALID",
      `The ID token of ${expected.provider} was refused: ${reason}.`,
      { provider: expected.provider, details: { claim } },
    );
  };
  // Measured before it is split: a huge token must cost nothing.
  if (typeof jwt !== "string" || jwt.length > LONGEST_JWT) refuse("jwt", "it is too long");
  const { payload, algorithm } = await verifySignature(jwt, keySet, expected, refuse);
  if (isDeeper(payload, DEEPEST)) refuse("jwt", "its claims are nested too deeply");
  checkParties(payload, expected, refuse);
  checkTimes(payload, expected, refuse);
  if (expected.nonce !== undefined) {
    const { nonce } = payload;
    if (typeof nonce !== "string" || !sameSecret(nonce, expected.nonce)) {
      refuse("nonce", "nonce is not the one that was sent");
    }
  }
  await checkAccessTokenHash(payload, algorithm, expected, refuse);
  return payload as unknown as IdTokenClaims;
}

type Refuse = (claim: string, reason: string) => never;

async function verifySignature(
  jwt: string,
  keySet: KeySet,
  expected: IdTokenExpectations,
  refuse: Refuse,
): Promise<{ payload: JWTPayload; algorithm: string }> {
  const verify = async (keys: JSONWebKeySet) => {
    const { payload, protectedHeader } = await jwtVerify(jwt, createLocalJWKSet(keys), {
      algorithms: [...expected.algorithms],
      issuer: [...expected.issuers],
      audience: expected.clientId,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(expected.now),
      requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
    });
    return { payload, algorithm: protectedHeader.alg };
  };
  try {
    if (decodeProtectedHeader(jwt).crit !== undefined) refuse("crit", "its header has crit");
    const keys = (await keySet.keys()) as unknown as JSONWebKeySet;
    try {
      return await verify(keys);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await keySet.refetch();
      if (!newer) throw error;
      return await verify(newer as unknown as JSONWebKeySet);
    }
  } catch (error) {
    if (OAuthError.isInstance(error)) throw error;
    throw foreignRefusal(error, expected, refuse);
  }
}

/** jose's errors in our words; jose puts the claims into its errors, so none of them goes on. */
function foreignRefusal(error: unknown, expected: IdTokenExpectations, refuse: Refuse): OAuthError {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    const time = ["exp", "nbf", "iat"].includes(error.claim);
    if (time && error.reason === "check_failed") throwIfClockIsWrong(expected);
    return refuse(
      error.claim,
      error.reason === "missing" ? `${error.claim} is missing` : `${error.claim} is wrong`,
    );
  }
  if (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    const several = error instanceof errors.JWKSMultipleMatchingKeys;
    return new OAuthError(
      "KEY_SELECTION_FAILED",
      `The ID token of ${expected.provider} was refused: ${several ? "several keys fit it" : "the key it names is not among the provider's"}.`,
      { provider: expected.provider, details: { claim: "kid" } },
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return refuse("alg", `its algorithm is not ${expected.algorithms.join(" or ")}`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refuse("signature", "its signature is wrong");
  }
  return refuse("jwt", "it is not a JWT that can be verified");
}

function checkParties(payload: JWTPayload, expected: IdTokenExpectations, refuse: Refuse): void {
  const { sub, aud, azp } = payload as JWTPayload & { azp?: unknown };
  if (typeof sub !== "string" || sub === "" || sub.length > 255) refuse("sub", "sub is wrong");
  if (azp !== undefined && azp !== expected.clientId) {
    refuse("azp", "azp is not this client");
  }
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) {
    refuse("aud", "aud has other clients in it and azp is missing");
  }
}

function checkTimes(payload: JWTPayload, expected: IdTokenExpectations, refuse: Refuse): void {
  const now = expected.now / 1000;
  const age = now - (payload.iat as number);
  const { issuedWithin = CLOCK_TOLERANCE, maxAge } = expected;
  const tooOld = expected.issuedWithin !== undefined && age > issuedWithin;
  if (age < -issuedWithin || tooOld) {
    throwIfClockIsWrong(expected);
    refuse("iat", tooOld ? "iat is too long ago" : "iat is in the future");
  }
  if (maxAge !== undefined) {
    const { auth_time: authTime } = payload;
    if (typeof authTime !== "number" || now - authTime > maxAge + CLOCK_TOLERANCE) {
      refuse("auth_time", "auth_time is missing or longer ago than maxAge allows");
    }
  }
}

function throwIfClockIsWrong({ provider, now, serverTime }: IdTokenExpectations): void {
  if (serverTime === undefined) return;
  const seconds = Math.round((now - serverTime) / 1000);
  if (Math.abs(seconds) < NOTICEABLE_SKEW) return;
  throw new OAuthError(
    "CLOCK_SKEW",
    `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} that of ${provider}, so the ID token cannot be checked. Set the clock (NTP) and sign in again.`,
    { provider, details: { seconds } },
  );
}

async function checkAccessTokenHash(
  payload: JWTPayload,
  algorithm: string,
  { accessToken }: IdTokenExpectations,
  refuse: Refuse,
): Promise<void> {
  const { at_hash: claimed } = payload;
  if (claimed === undefined || accessToken === undefined) return;
  const size = /^(?:RS|PS|ES|HS)(256|384|512)$/.exec(algorithm)?.[1];
  if (size === undefined) refuse("at_hash", "at_hash cannot be checked for its algorithm");
  const digest = new Uint8Array(
    await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken)),
  );
  const half = btoa(String.fromCharCode(...digest.subarray(0, digest.length / 2)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  if (typeof claimed !== "string" || !sameSecret(claimed, half)) {
    refuse("at_hash", "at_hash does not fit the access token");
  }
}
