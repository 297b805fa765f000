import type { JWTPayload } from "jose";
import { sameSecret } from "../crypto/random.ts";
import { base64url } from "../crypto/digest.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import type { KeySet } from "./key-set.ts";
import {
  CLOCK_TOLERANCE,
  type ProviderJwt,
  refusal,
  throwIfClockIsWrong,
  verifyProviderJwt,
} from "./verified-jwt.ts";

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

type Refuse = (claim: string, reason: string) => never;

/**
 * Verifies an ID token's signature and claims (OpenID Connect Core §3.1.3.7).
 *
 * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when it is this machine's clock that is wrong.
 */
export async function verifyIdToken(
  text: string,
  keySet: KeySet,
  expected: IdTokenExpectations,
): Promise<IdTokenClaims> {
  const jwt: ProviderJwt = {
    provider: expected.provider,
    name: "ID token",
    code: "ID_TOKEN_INVALID",
    expected: {
      algorithms: expected.algorithms,
      issuers: expected.issuers,
      audience: expected.clientId,
      requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
      now: expected.now,
      clockTolerance: CLOCK_TOLERANCE,
    },
    serverTime: expected.serverTime,
  };
  const refuse: Refuse = (claim, reason) => {
    throw refusal(jwt, claim, reason);
  };
  const { payload, algorithm, type } = await verifyProviderJwt(text, keySet, jwt);
  // Signed with the same keys and for the same client, and yet no sign-in (OpenID Connect Back-Channel Logout §4).
  if (/^(?:application\/)?logout\+jwt$/i.test(type ?? "") || payload["events"] !== undefined) {
    refuse("events", "it is a logout token");
  }
  // Such a name says what else it is (RFC 8725 §3.11): an access token, say, which may be for the same client (RFC 9068).
  if (/\+jwt$/i.test(type ?? "")) refuse("typ", "its typ is that of something else");
  checkParties(payload, expected, refuse);
  checkTimes(payload, expected, jwt, refuse);
  checkSignIn(payload, expected, jwt, refuse);
  if (expected.nonce !== undefined) {
    const { nonce } = payload;
    if (typeof nonce !== "string" || !sameSecret(nonce, expected.nonce)) {
      refuse("nonce", "nonce is not the one that was sent");
    }
  }
  await checkAccessTokenHash(payload, algorithm, expected, refuse);
  return payload as unknown as IdTokenClaims;
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

function checkTimes(
  payload: JWTPayload,
  expected: IdTokenExpectations,
  jwt: ProviderJwt,
  refuse: Refuse,
): void {
  const now = expected.now / 1000;
  const age = now - (payload.iat as number);
  const { issuedWithin = CLOCK_TOLERANCE } = expected;
  const tooOld = expected.issuedWithin !== undefined && age > issuedWithin;
  if (age < -issuedWithin || tooOld) {
    throwIfClockIsWrong(jwt);
    refuse("iat", tooOld ? "iat is too long ago" : "iat is in the future");
  }
}

function checkSignIn(
  { auth_time: authTime }: JWTPayload,
  { now, maxAge, issuedWithin = CLOCK_TOLERANCE }: IdTokenExpectations,
  jwt: ProviderJwt,
  refuse: Refuse,
): void {
  if (maxAge === undefined) return;
  if (typeof authTime !== "number") return refuse("auth_time", "auth_time is missing");
  const since = now / 1000 - authTime;
  // One to come would be within any age: milliseconds, for example.
  if (since < -issuedWithin || since > maxAge + CLOCK_TOLERANCE) {
    throwIfClockIsWrong(jwt);
    refuse("auth_time", "auth_time is longer ago than maxAge allows, or in the future");
  }
}

async function checkAccessTokenHash(
  payload: JWTPayload,
  algorithm: string,
  { accessToken }: IdTokenExpectations,
  refuse: Refuse,
): Promise<void> {
  const { at_hash: claimed } = payload;
  if (claimed === undefined || accessToken === undefined) return;
  const size = hashSizeOf(algorithm);
  if (size === undefined) refuse("at_hash", "at_hash cannot be checked for its algorithm");
  const digest = new Uint8Array(
    await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken)),
  );
  const half = base64url(digest.subarray(0, digest.length / 2));
  if (typeof claimed !== "string" || !sameSecret(claimed, half)) {
    refuse("at_hash", "at_hash does not fit the access token");
  }
}

/** The hash that a signature algorithm works with (OpenID Connect Core §3.1.3.6); undefined for one that nobody here knows. */
function hashSizeOf(algorithm: string): string | undefined {
  // The one curve of EdDSA that is verified here is Ed25519, which hashes with SHA-512 (RFC 8032 §5.1).
  if (algorithm === "EdDSA" || algorithm === "Ed25519") return "512";
  return /^(?:RS|PS|ES)(256|384|512)$/.exec(algorithm)?.[1];
}
