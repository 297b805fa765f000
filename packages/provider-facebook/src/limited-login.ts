import type { IdTokenClaims, OAuth2Client, Profile, VerifyIdTokenOptions } from "@grantkit/core";
import type { FacebookApp, LimitedLoginOptions } from "./client-options.ts";
import { facebookProfile } from "./profile.ts";

/** The user of a verified ID token of Limited Login. */
export interface LimitedLogin {
  /** The verified claims. `sub` is the user's ID within your app. */
  readonly claims: IdTokenClaims;
  /** The user as a common profile. */
  readonly profile: Profile;
}

const ISSUERS = ["https://www.facebook.com", "https://limited.facebook.com"];
const DEFAULTS: LimitedLoginOptions = {
  issuers: ISSUERS,
  keys: ISSUERS.toReversed().map((host) => `${host}/.well-known/oauth/openid/jwks/`),
};

/**
 * Verifies an ID token of Limited Login, whose keys are at two hosts: documents and apps disagree about which. The defaults of
 * a client that is not Facebook's but an emulator's are its issuers and its keys.
 */
export async function verifyLimitedLogin(
  client: OAuth2Client,
  { limitedLogin = {} }: FacebookApp,
  idToken: string,
  options: VerifyIdTokenOptions,
): Promise<LimitedLogin> {
  // Without these options core takes the issuer and the keys of the client's provider.
  const isFacebook = ISSUERS.includes(client.provider.issuer as string);
  const { issuers, keys } = { ...(isFacebook && DEFAULTS), ...limitedLogin };
  const claims = await client.verifyIdToken(idToken, {
    ...options,
    ...(issuers && { issuers }),
    ...(keys && { keySets: keys }),
  });
  return { claims, profile: facebookProfile(claims) };
}
