import { isFilledText } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { JwtCheck, type KeySource, type ProviderExpectations } from "./verified-jwt.ts";

const USER_INFO = {
  name: "signed user info",
  code: "USER_INFO_INVALID",
  // The provider only should send iss and aud (OpenID Connect Core §5.3.2).
  requiredClaims: ["sub"],
  optionalParties: true,
} as const;

/** Claims that tie an ID token to a sign-in: an old one of somebody proves nothing here (RFC 8725 §3.12). */
const OF_ID_TOKENS = ["nonce", "at_hash", "c_hash"] as const;

/** How many parts an encrypted JWT has (RFC 7516 §7.1). */
const PARTS_OF_JWE = 5;

/**
 * Verifies user info that is a JWT (OpenID Connect Core §5.3.2): its signature, and `iss`, `aud` and `exp` where it has
 * them.
 *
 * @returns Its claims.
 * @throws OAuthError: `USER_INFO_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
 * `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when this machine's clock is wrong.
 */
export async function verifySignedUserInfo(
  text: string,
  keys: KeySource,
  expected: ProviderExpectations,
): Promise<Readonly<Record<string, unknown>>> {
  const check = new JwtCheck(USER_INFO, expected);
  if (text.split(".", PARTS_OF_JWE + 1).length === PARTS_OF_JWE) {
    const reason =
      "it is encrypted, which Grantkit cannot read: register the client without userinfo_encrypted_response_alg";
    throw check.refusal("jwt", reason);
  }
  const verified = await check.verify(text, keys);
  check.refuseOtherKinds(verified);
  const { payload } = verified;
  const claims = ownFields(payload);
  const ofIdToken = OF_ID_TOKENS.find((name) => claims[name] !== undefined);
  if (ofIdToken !== undefined) throw check.refusal(ofIdToken, "it is an ID token");
  const { aud, sub } = claims;
  if (aud !== undefined && !check.isForClient({ aud })) {
    throw check.refusal("aud", "aud is wrong");
  }
  if (!isFilledText(sub)) throw check.refusal("sub", "sub is wrong");
  return payload;
}
