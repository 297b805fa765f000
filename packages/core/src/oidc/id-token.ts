import type { JWTPayload } from "jose";
import { base64url } from "../crypto/digest.ts";
import { sameSecret } from "../crypto/random.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { CLOCK_TOLERANCE } from "./jose.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

/** What an ID token must be. */
export interface IdTokenExpectations extends ProviderExpectations {
  readonly nonce?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
  /** Further audiences that are trusted. */
  readonly audiences?: readonly string[] | undefined;
  /** Seconds that `iat` may be from now, to either side; without it only a future `iat` is refused. */
  readonly issuedWithin?: number | undefined;
}

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
  const check = new JwtCheck(ID_TOKEN, expected);
  const { payload, algorithm, type } = await check.verify(text, keys);
  // A logout token has the same keys and audience, and is no sign-in (OpenID Connect Back-Channel Logout §4).
  if (/^(?:application\/)?logout\+jwt$/i.test(type ?? "") || payload["events"] !== undefined) {
    throw check.refusal("events", "it is a logout token");
  }
  // Such a type names another kind of JWT (RFC 8725 §3.11), for example an access token (RFC 9068).
  if (/\+jwt$/i.test(type ?? "")) throw check.refusal("typ", "its typ is that of something else");
  checkParties(check, payload, expected);
  checkTimes(check, payload, expected);
  const { nonce, at_hash: hash } = payload;
  if (expected.nonce !== undefined && !isSame(nonce, expected.nonce)) {
    throw check.refusal("nonce", "nonce is not the one that was sent");
  }
  if (hash !== undefined && expected.accessToken !== undefined) {
    const half = await leftHalfHash(check, algorithm, expected.accessToken);
    if (!isSame(hash, half))
      throw check.refusal("at_hash", "at_hash does not fit the access token");
  }
  return payload as unknown as IdTokenClaims;
}

function checkParties(
  check: JwtCheck,
  { sub, aud, azp }: JWTPayload & { azp?: unknown },
  { clientId, audiences = [] }: IdTokenExpectations,
): void {
  if (typeof sub !== "string" || sub === "" || sub.length > 255) {
    throw check.refusal("sub", "sub is wrong");
  }
  if (azp !== undefined && azp !== clientId) throw check.refusal("azp", "azp is not this client");
  const others = [aud].flat().filter((audience) => audience !== clientId);
  // Whoever else the token is for could use it here (OpenID Connect Core §3.1.3.7).
  if (others.some((audience) => !audiences.includes(audience as string))) {
    const advice = "list those that you trust in the provider's idToken.audiences";
    throw check.refusal("aud", `aud has audiences beside this client: ${advice}`);
  }
  if (others.length > 0 && azp === undefined) {
    throw check.refusal("aud", "aud has audiences beside this client and azp is missing");
  }
}

function checkTimes(
  check: JwtCheck,
  { iat, auth_time: authTime }: JWTPayload,
  expected: IdTokenExpectations,
): void {
  const { maxAge, issuedWithin = CLOCK_TOLERANCE } = expected;
  const now = expected.now / 1000;
  const age = now - (iat as number);
  const isOld = expected.issuedWithin !== undefined && age > issuedWithin;
  if (age < -issuedWithin || isOld) {
    check.throwIfClockIsWrong();
    throw check.refusal("iat", isOld ? "iat is too long ago" : "iat is in the future");
  }
  if (maxAge === undefined) return;
  if (typeof authTime !== "number") throw check.refusal("auth_time", "auth_time is missing");
  const since = now - authTime;
  // A future time, in milliseconds for example, would be within any age.
  if (since < -issuedWithin || since > maxAge + CLOCK_TOLERANCE) {
    check.throwIfClockIsWrong();
    const reason = "auth_time is longer ago than maxAge allows, or in the future";
    throw check.refusal("auth_time", reason);
  }
}

function isSame(claimed: unknown, secret: string): boolean {
  return typeof claimed === "string" && sameSecret(claimed, secret);
}

/** Computes the `at_hash` of an access token (OpenID Connect Core §3.1.3.6). */
async function leftHalfHash(
  check: JwtCheck,
  algorithm: string,
  accessToken: string,
): Promise<string> {
  // Of EdDSA only Ed25519 is verified here, which hashes with SHA-512 (RFC 8032 §5.1).
  const size = ["EdDSA", "Ed25519"].includes(algorithm)
    ? "512"
    : /^(?:RS|PS|ES)(256|384|512)$/.exec(algorithm)?.[1];
  if (size === undefined) {
    throw check.refusal("at_hash", "at_hash cannot be checked for its algorithm");
  }
  const bytes = new TextEncoder().encode(accessToken);
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${size}`, bytes));
  return base64url(digest.subarray(0, digest.length / 2));
}
