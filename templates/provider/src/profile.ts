import { openIdProfile, type Profile } from "@grantkit/core";

/**
 * Maps Acme's user info to the common profile. An e-mail address is verified only if Acme says so.
 *
 * @see https://fill-in.invalid/docs/user-info
 */
export function acmeProfile(raw: Readonly<Record<string, unknown>>): Profile {
  // FILL IN: the fields that Acme has beside those of OpenID Connect.
  return openIdProfile(raw);
}
