import { openIdProfile, type Profile } from "@grantkit/core";
import { ownFields, readText } from "@grantkit/core/requests";

/** A user's profile at Google: the common fields, and what Google alone says. */
export interface GoogleProfile extends Profile {
  /**
   * Whether Google is authoritative for the address: it is a Gmail address, or a verified one of a Workspace domain. The
   * user then owns the address now, and you may connect an account of yours that has it. Otherwise Google verified the
   * address once at most, and its owner may have changed since: verify it yourself.
   *
   * @see https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
   */
  readonly emailAuthoritative: boolean;
  /** The user's Workspace or Cloud organization domain (`hd`); undefined for a consumer account. */
  readonly hostedDomain?: string | undefined;
  /** Google's claims, unchanged. */
  readonly raw: GoogleUserInfo;
}

/** Google's claims about a user: of an ID token, or of the userinfo endpoint. */
export interface GoogleUserInfo {
  /** The user's ID, which is never reused. At most 255 characters. */
  readonly sub?: string;
  /** The e-mail address. */
  readonly email?: string;
  /** Whether Google has verified the address. */
  readonly email_verified?: boolean;
  /** The domain of the user's Workspace or Cloud organization. */
  readonly hd?: string;
  /** Full name. */
  readonly name?: string;
  /** Given name. */
  readonly given_name?: string;
  /** Family name. */
  readonly family_name?: string;
  /** URL of the user's picture. */
  readonly picture?: string;
  /** Language tag; often absent. */
  readonly locale?: string;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}

/**
 * Maps Google's claims about a user to a profile: those of a verified ID token, of the userinfo endpoint, or of its older
 * versions, which name `id` and `verified_email` instead of `sub` and `email_verified`.
 *
 * @param raw - Claims that were verified or came from Google; nothing is verified here.
 *
 * @example
 * ```ts
 * import { googleProfile, type Token } from "@grantkit/provider-google";
 *
 * // Without a request: from the verified ID token of the sign-in.
 * export const profileOf = (token: Token) => googleProfile(token.claims ?? {});
 * ```
 */
export function googleProfile(raw: Readonly<Record<string, unknown>>): GoogleProfile {
  const own = ownFields(raw);
  const { sub = own["id"], email_verified = own["verified_email"], hd } = own;
  const profile = openIdProfile({ ...own, sub, email_verified });
  const hostedDomain = readText(hd);
  return {
    ...profile,
    emailAuthoritative: isAuthoritative(profile, hostedDomain),
    hostedDomain,
    raw,
  };
}

function isAuthoritative({ email, emailVerified }: Profile, domain: string | undefined): boolean {
  if (email === undefined || emailVerified !== true) return false;
  return domain !== undefined || /^[^@]+@gmail\.com$/i.test(email);
}
