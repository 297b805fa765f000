import type { JWTPayload } from "jose";
import { base64url } from "../crypto/digest.ts";
import { sameSecret } from "../crypto/random.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { unverifiedClaims } from "./unverified-claims.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

/** What an ID token must be. */
export interface IdTokenExpectations extends ProviderExpectations {
  readonly nonce?: string | undefined;
  /** Whether a nonce is refused: none was sent, so one in the token belongs to another sign-in. */
  readonly isWithoutNonce?: boolean;
  readonly accessToken?: string | undefined;
  readonly code?: string | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
  /** Further audiences that are trusted. */
  readonly audiences?: readonly string[] | undefined;
  /** Seconds since `iat`; without it only a future `iat` is refused. */
  readonly issuedWithin?: number | undefined;
  /** Whether the token may have ended, or begin later: everything else is checked. */
  readonly atAnyTime?: boolean;
}

/** Seconds added to `maxAge`, which the app chose: the tolerance of the other times would undo it. */
const MAX_AGE_TOLERANCE = 30;
/** Seconds: longer than any time since the epoch. */
const AT_ANY_TIME = 1e12;

const ID_TOKEN = {
  name: "ID token",
  code: "ID_TOKEN_INVALID",
  requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
} as const;

/**
 * Verifies an ID token's signature and claims (OpenID Connect Core §3.1.3.7).
 *
 * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when this machine's clock is wrong.
 */
export async function verifyIdToken(
  text: string,
  keys: KeySource,
  expected: IdTokenExpectations,
): Promise<IdTokenClaims> {
  const check = new JwtCheck(ID_TOKEN, {
    ...expected,
    ...(expected.atAnyTime && { clockTolerance: AT_ANY_TIME }),
  });
  const verified = await check.verify(text, keys);
  check.refuseOtherKinds(verified);
  const { payload, algorithm } = verified;
  const claims = ownFields(payload);
  checkParties(check, claims, expected);
  check.refuseByOwnRule(claims, ID_TOKEN.name);
  if (!expected.atAnyTime) checkTimes(check, claims, expected);
  checkNonce(check, claims, expected);
  await checkHash(check, algorithm, ["at_hash", claims["at_hash"]], expected.accessToken);
  await checkHash(check, algorithm, ["c_hash", claims["c_hash"]], expected.code);
  return payload as unknown as IdTokenClaims;
}

function checkNonce(
  check: JwtCheck,
  { nonce }: JWTPayload,
  { nonce: sent, isWithoutNonce = false }: IdTokenExpectations,
): void {
  if (sent !== undefined && !isSame(nonce, sent)) {
    throw check.refusal("nonce", "nonce is not the one that was sent");
  }
  if (isWithoutNonce && typeof nonce === "string" && nonce !== "") {
    const advice = "if the provider sends it back, leave out nonce: false in idToken";
    throw check.refusal(
      "nonce",
      `it has the nonce of another sign-in, as none was sent; ${advice}`,
    );
  }
}

/** The ID token of a refresh. */
export interface RefreshedIdToken {
  /** Its claims; undefined when they could not be verified. */
  readonly claims?: IdTokenClaims;
  /** Why they could not be verified now, though they may be right. */
  readonly doubt?: OAuthError;
  /** The claims, verified or not: enough to refuse a token, and not to believe it. */
  readonly claimed: Readonly<Record<string, unknown>>;
}

/**
 * Verifies the ID token of a refresh, after which the refresh token before may no longer work: what may pass (the time,
 * keys that are missing) and what says nothing (no JWT at all) is no reason to refuse.
 *
 * @throws OAuthError: `ID_TOKEN_INVALID` for what is wrong for good.
 */
export async function verifyRefreshedIdToken(
  text: string,
  keys: KeySource,
  expected: IdTokenExpectations,
): Promise<RefreshedIdToken> {
  try {
    const claims = await verifyIdToken(text, keys, expected);
    return { claims, claimed: claims };
  } catch (doubt) {
    if (!OAuthError.isInstance(doubt)) throw doubt;
    const { code, details } = doubt;
    const isUnread = code.startsWith("KEY_") || details?.["claim"] === "jwt";
    const claimed = isUnread
      ? refuseUnverified(text, expected)
      : await verifyIdToken(text, keys, { ...expected, atAnyTime: true }).catch(
          (error: unknown) => {
            // No time at all is as useless as a wrong one; the signature is verified before the times are read.
            if (!isAboutTimes(error)) throw error;
            return refuseUnverified(text, expected);
          },
        );
    return { claimed, doubt };
  }
}

function isAboutTimes(error: unknown): boolean {
  return (
    OAuthError.isInstance(error) && ["exp", "iat", "nbf"].includes(String(error.details?.["claim"]))
  );
}

/** Refuses a JWT that cannot be verified, if by its own words it is of another issuer or for another client. */
function refuseUnverified(
  text: string,
  expected: IdTokenExpectations,
): Readonly<Record<string, unknown>> {
  const claims = unverifiedClaims(text);
  if (!claims) return {};
  const check = new JwtCheck(ID_TOKEN, expected);
  if (!check.isIssued(claims)) throw check.refusal("iss", "iss is wrong");
  if (!check.isForClient(claims)) throw check.refusal("aud", "aud is wrong");
  checkParties(check, claims, expected);
  check.refuseByOwnRule(claims, ID_TOKEN.name);
  return claims;
}

function checkParties(
  check: JwtCheck,
  { sub, aud, azp }: Readonly<Record<string, unknown>>,
  { clientIds, audiences = [] }: IdTokenExpectations,
): void {
  if (typeof sub !== "string" || sub === "" || sub.length > 255) {
    throw check.refusal("sub", "sub is wrong");
  }
  if (azp !== undefined && !clientIds.includes(azp as string)) {
    const advice =
      "verifyIdToken() accepts your other apps if you list them in the option authorizedParties, or in a definition's idToken.authorizedParties";
    throw check.refusal("azp", `azp is not this client (${advice})`);
  }
  const all = new Set([aud].flat());
  const others = [...all].filter((audience) => !clientIds.includes(audience as string));
  // Whoever else the token is for could use it here (OpenID Connect Core §3.1.3.7).
  if (others.some((audience) => !audiences.includes(audience as string))) {
    const advice = "list those that you trust in the provider's idToken.audiences";
    throw check.refusal("aud", `aud has audiences beside this client: ${advice}`);
  }
  if (all.size > 1 && azp === undefined) {
    throw check.refusal("aud", "aud has audiences beside this client and azp is missing");
  }
}

function checkTimes(
  check: JwtCheck,
  { iat, auth_time: authTime }: JWTPayload,
  expected: IdTokenExpectations,
): void {
  const { maxAge, issuedWithin = Number.POSITIVE_INFINITY, clockTolerance } = expected;
  const now = expected.now / 1000;
  const age = now - (iat as number);
  const isOld = age > issuedWithin;
  if (age < -clockTolerance || isOld) {
    check.throwIfClockIsWrong();
    throw check.refusal("iat", isOld ? "iat is too long ago" : "iat is in the future");
  }
  if (maxAge === undefined) return;
  if (typeof authTime !== "number") throw check.refusal("auth_time", "auth_time is missing");
  const since = now - authTime;
  // A future time, in milliseconds for example, would be within any age.
  if (since < -clockTolerance || since > maxAge + MAX_AGE_TOLERANCE) {
    check.throwIfClockIsWrong();
    const reason = "auth_time is longer ago than maxAge allows, or in the future";
    throw check.refusal("auth_time", reason);
  }
}

function isSame(claimed: unknown, secret: string): boolean {
  return typeof claimed === "string" && sameSecret(claimed, secret);
}

/** Checks the hash of an access token or a code, if the ID token has one (OpenID Connect Core §3.1.3.6 and §3.3.2.11). */
async function checkHash(
  check: JwtCheck,
  algorithm: string,
  [claim, hash]: readonly ["at_hash" | "c_hash", unknown],
  secret: string | undefined,
): Promise<void> {
  if (hash === undefined || secret === undefined) return;
  // Of EdDSA only Ed25519 is verified here, which hashes with SHA-512 (RFC 8032 §5.1).
  const size = ["EdDSA", "Ed25519"].includes(algorithm)
    ? "512"
    : /^(?:RS|PS|ES|HS)(256|384|512)$/.exec(algorithm)?.[1];
  if (size === undefined) {
    throw check.refusal(claim, `${claim} cannot be checked for its algorithm`);
  }
  const bytes = new TextEncoder().encode(secret);
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${size}`, bytes));
  if (isSame(hash, base64url(digest.subarray(0, digest.length / 2)))) return;
  const hashed = claim === "at_hash" ? "the access token" : "the code";
  throw check.refusal(claim, `${claim} does not fit ${hashed}`);
}
