import type { IdTokenClaims, OAuth2Client, Profile, VerifyIdTokenOptions } from "@grantkit/core";
import { isFilledText } from "@grantkit/core/requests";
import type { FacebookApp } from "./client-options.ts";
import { facebookProfile } from "./profile.ts";

/** The user of a verified ID token of Limited Login. */
export interface LimitedLogin {
  /** The verified claims. `sub` is the user's ID within your app. */
  readonly claims: IdTokenClaims;
  /** The user as a common profile. */
  readonly profile: Profile;
}

const ISSUERS = ["https://www.facebook.com", "https://limited.facebook.com"];
const KEYS = ISSUERS.toReversed().map((host) => `${host}/.well-known/oauth/openid/jwks/`);

/**
 * Verifies an ID token of Limited Login, whose keys are at two hosts: documents and apps disagree about which. The defaults of
 * a client that is not Facebook's but an emulator's are its issuers and its keys.
 */
export async function verifyLimitedLogin(
  client: OAuth2Client,
  { endpoints = {}, limitedLogin = {} }: FacebookApp,
  idToken: string,
  options: VerifyIdTokenOptions,
): Promise<LimitedLogin> {
  const { issuer, endpoints: own } = client.provider;
  const { limitedIssuer, limitedJwks } = endpoints;
  const isFacebook = ISSUERS.includes(issuer as string);
  const {
    issuers = isFacebook ? ISSUERS : [issuer, limitedIssuer].filter(isFilledText),
    keys: keySets = isFacebook ? KEYS : [limitedJwks, own.jwks].filter(isFilledText),
  } = limitedLogin;
  const claims = await client.verifyIdToken(idToken, { ...options, issuers, keySets });
  return { claims, profile: facebookProfile(claims) };
}
