import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { oneOf } from "../server/switches.ts";
import type { Switch } from "../server/switches.ts";

/** A flaw that an emulator puts into its ID tokens, or `"none"`. */
export type IdTokenFlaw =
  | "none"
  | "forged-signature"
  | "wrong-issuer"
  | "wrong-audience"
  | "wrong-nonce"
  | "missing-nonce"
  | "wrong-at-hash"
  | "expired";

/** The switch for the flaw of ID tokens. */
export const idTokenFlawSwitch: Switch<IdTokenFlaw> = oneOf(
  "none",
  "forged-signature",
  "wrong-issuer",
  "wrong-audience",
  "wrong-nonce",
  "missing-nonce",
  "wrong-at-hash",
  "expired",
);

/** Puts the flaw into the claims. A forged signature leaves them as they are. */
export function flawedClaims(flaw: IdTokenFlaw, claims: JWTPayload): JWTPayload {
  const { iat = 0, exp = 0 } = claims;
  switch (flaw) {
    case "wrong-issuer":
      return { ...claims, iss: "https://issuer.invalid" };
    case "wrong-audience":
      return { ...claims, aud: "another-client", azp: undefined };
    case "wrong-nonce":
      return { ...claims, nonce: "another-nonce" };
    case "missing-nonce":
      return { ...claims, nonce: undefined };
    case "wrong-at-hash":
      return { ...claims, at_hash: atHash("another-token") };
    case "expired":
      return { ...claims, iat: iat - 2 * (exp - iat), exp: iat - (exp - iat) };
    default:
      return claims;
  }
}

/** Computes the `at_hash` of an access token for RS256 (OpenID Connect Core 1.0, section 3.1.3.6). */
export function atHash(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
}
