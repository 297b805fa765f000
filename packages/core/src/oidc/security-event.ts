import { isFilledText, isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { SecurityEventClaims } from "../tokens/id-token-claims.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

const SECURITY_EVENT = {
  name: "security event token",
  code: "SECURITY_EVENT_INVALID",
  // It has no end: it tells what has happened (RFC 8417 §2.2).
  requiredClaims: ["iss", "aud", "iat", "jti", "events"],
} as const;

/**
 * Verifies a security event token's signature and claims (RFC 8417).
 *
 * @throws OAuthError: `SECURITY_EVENT_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when this machine's clock is wrong.
 */
export async function verifySecurityEvent(
  text: string,
  keys: KeySource,
  expected: ProviderExpectations,
): Promise<SecurityEventClaims> {
  const check = new JwtCheck(SECURITY_EVENT, expected);
  const { payload, type } = await check.verify(text, keys);
  if (type !== undefined && !/^(?:application\/)?(?:secevent\+)?jwt$/i.test(type)) {
    throw check.refusal("typ", "its typ is that of another kind of JWT");
  }
  const { events, jti, iat } = ownFields(payload);
  const isList = isObject(events) && !Array.isArray(events);
  if (!isList || Object.keys(events).length === 0 || !Object.values(events).every(isObject)) {
    throw check.refusal("events", "events does not say what has happened");
  }
  if (!isFilledText(jti)) throw check.refusal("jti", "jti is wrong");
  if ((iat as number) - expected.now / 1000 > expected.clockTolerance) {
    check.throwIfClockIsWrong();
    throw check.refusal("iat", "iat is in the future");
  }
  return payload as unknown as SecurityEventClaims;
}
