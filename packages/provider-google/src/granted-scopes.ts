import type { Token } from "@grantkit/core";
import { compareScopes } from "@grantkit/core/requests";
import { GOOGLE_SCOPE_ALIASES, type GoogleScope } from "./scopes.ts";

/**
 * Whether the user granted a scope, or all of several. Google grants `email` and `profile` under longer names, and users can
 * untick each scope: ask this before you offer a feature, and request what is missing with `includeGrantedScopes`.
 *
 * @param scope - A scope under either of its names, or several that are all needed.
 * @see https://developers.google.com/identity/protocols/oauth2/web-server#handlinggranularpermissions
 *
 * @example
 * ```ts
 * import { hasScope, type Token } from "@grantkit/provider-google";
 *
 * export const canReadCalendar = (token: Token) =>
 *   hasScope(token, "https://www.googleapis.com/auth/calendar.readonly");
 * ```
 */
export function hasScope(
  token: Token,
  scope: GoogleScope | (string & {}) | readonly (GoogleScope | (string & {}))[],
): boolean {
  const change = compareScopes([scope].flat(), token.scope, GOOGLE_SCOPE_ALIASES);
  return change === undefined || change.missing.length === 0;
}
