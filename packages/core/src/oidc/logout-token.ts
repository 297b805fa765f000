import type { LogoutTokenClaims } from "../tokens/id-token-claims.ts";
import type { KeySet } from "./key-set.ts";
import { CLOCK_TOLERANCE, type ProviderJwt, refusal, verifyProviderJwt } from "./verified-jwt.ts";

/** What a logout token must say to be accepted. */
export interface LogoutTokenExpectations {
  readonly provider: string;
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly algorithms: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** Seconds since it was made; it is sent at once, and what is older was kept for a purpose. */
const ISSUED_WITHIN = 300;

/**
 * Verifies a logout token's signature and claims (OpenID Connect Back-Channel Logout §2.6), all but whether it was seen
 * before.
 *
 * @throws OAuthError: `LOGOUT_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`.
 */
export async function verifyLogoutToken(
  text: string,
  keySet: KeySet,
  { provider, issuers, clientId, algorithms, now }: LogoutTokenExpectations,
): Promise<LogoutTokenClaims> {
  const jwt: ProviderJwt = {
    provider,
    name: "logout token",
    code: "LOGOUT_TOKEN_INVALID",
    expected: {
      algorithms,
      issuers,
      audience: clientId,
      // exp came with the final specification, and older providers send none; iat bounds those.
      requiredClaims: ["iss", "aud", "iat", "jti", "events"],
      now,
      clockTolerance: CLOCK_TOLERANCE,
    },
  };
  const refuse = (claim: string, reason: string): never => {
    throw refusal(jwt, claim, reason);
  };
  const { payload, type } = await verifyProviderJwt(text, keySet, jwt);
  if (type !== undefined && !/^(?:application\/)?(?:logout\+)?jwt$/i.test(type)) {
    refuse("typ", "its typ is that of something else");
  }
  const problem = problemWith(payload, now / 1000);
  if (problem) refuse(...problem);
  return payload as unknown as LogoutTokenClaims;
}

/** The claim that is wrong, and how. */
function problemWith(
  claims: Readonly<Record<string, unknown>>,
  now: number,
): [claim: string, reason: string] | undefined {
  const { events, sub, sid, jti, iat, nonce } = claims;
  const event = (events as Record<string, unknown> | null)?.[EVENT];
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    return ["events", "events does not say that it is a logout"];
  }
  if (nonce !== undefined) return ["nonce", "it has a nonce, as an ID token has"];
  if (!isName(jti)) return ["jti", "jti is wrong"];
  if (sub === undefined && sid === undefined) return ["sub", "it has neither sub nor sid"];
  const wrong = Object.entries({ sub, sid }).find(([, id]) => id !== undefined && !isName(id));
  if (wrong) return [wrong[0], `${wrong[0]} is wrong`];
  const age = now - (iat as number);
  if (age > ISSUED_WITHIN) return ["iat", "iat is too long ago"];
  return age < -CLOCK_TOLERANCE ? ["iat", "iat is in the future"] : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 255;
}
