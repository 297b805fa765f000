import type { JWTPayload } from "jose";
import { ownFields } from "../options/own-fields.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

const ACCESS_TOKEN = {
  name: "access token",
  code: "TOKEN_INVALID",
  requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
} as const;

/**
 * Verifies an access token that is a JWT, for the API that received it: its signature and its registered claims (RFC 9068 §4).
 * Not every provider writes `typ`: the caller tells access tokens from the ID tokens that the same keys sign.
 *
 * @throws OAuthError: `TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`,
 * or `CLOCK_SKEW` when this machine's clock is wrong.
 */
export async function verifyAccessToken(
  text: string,
  keys: KeySource,
  expected: ProviderExpectations,
): Promise<JWTPayload> {
  const check = new JwtCheck(ACCESS_TOKEN, expected);
  const { payload, type } = await check.verify(text, keys);
  if (type !== undefined && !/^(?:application\/)?(?:at\+)?jwt$/i.test(type)) {
    throw check.refusal("typ", "its typ is that of another kind of JWT");
  }
  check.refuseByOwnRule(ownFields(payload), ACCESS_TOKEN.name);
  return payload;
}
