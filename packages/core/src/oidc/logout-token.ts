import { isFilledText } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { LogoutTokenClaims } from "../tokens/id-token-claims.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** Seconds: a logout token is sent at once, and an older one was kept for a purpose. */
const ISSUED_WITHIN = 300;

const LOGOUT_TOKEN = {
  name: "logout token",
  code: "LOGOUT_TOKEN_INVALID",
  // exp came with the final specification, and older providers send none; iat bounds those.
  requiredClaims: ["iss", "aud", "iat", "jti", "events"],
} as const;

/**
 * Verifies a logout token's signature and claims (OpenID Connect Back-Channel Logout §2.6), except whether it was used
 * before.
 *
 * @throws OAuthError: `LOGOUT_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when this machine's clock is wrong.
 */
export async function verifyLogoutToken(
  text: string,
  keys: KeySource,
  expected: ProviderExpectations,
): Promise<LogoutTokenClaims> {
  const check = new JwtCheck(LOGOUT_TOKEN, expected);
  const { payload, type } = await check.verify(text, keys);
  if (type !== undefined && !/^(?:application\/)?(?:logout\+)?jwt$/i.test(type)) {
    throw check.refusal("typ", "its typ is that of another kind of JWT");
  }
  const problem = problemWith(ownFields(payload), expected);
  if (problem?.[0] === "iat") check.throwIfClockIsWrong();
  if (problem) throw check.refusal(...problem);
  return payload as unknown as LogoutTokenClaims;
}

function problemWith(
  claims: Readonly<Record<string, unknown>>,
  { now, clockTolerance }: ProviderExpectations,
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
  const age = now / 1000 - (iat as number);
  if (age > Math.max(ISSUED_WITHIN, clockTolerance)) return ["iat", "iat is too long ago"];
  return age < -clockTolerance ? ["iat", "iat is in the future"] : undefined;
}

function isName(value: unknown): boolean {
  return isFilledText(value) && value.length <= 255;
}
