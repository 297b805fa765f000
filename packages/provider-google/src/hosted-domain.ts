import type { Token } from "@grantkit/core";
import { isFilledText, type OptionRule } from "@grantkit/core/requests";

/**
 * Whether the user belongs to a Google Workspace domain, according to the verified ID token. A sign-in with the option
 * `hostedDomain` has checked it already; this is for a sign-in that is open to others as well.
 *
 * @param token - A token with verified claims.
 * @param domain - The domain, for example `example.com`, or `*` for any.
 * @see https://developers.google.com/identity/openid-connect/openid-connect#hd-param
 *
 * @example
 * ```ts
 * import { isFromHostedDomain, type Token } from "@grantkit/provider-google";
 *
 * export const isColleague = (token: Token) => isFromHostedDomain(token, "example.com");
 * ```
 */
export function isFromHostedDomain(token: Token, domain: string): boolean {
  return isOfDomain(token.claims?.["hd"], domain);
}

/** Whether the claim `hd` is one of the domains; `*` is any. */
export function isOfDomain(claimed: unknown, domains: string | readonly string[]): boolean {
  if (!isFilledText(claimed)) return false;
  return [domains]
    .flat()
    .some((domain) => domain === "*" || claimed.toLowerCase() === domain.toLowerCase());
}

/** Takes a domain, or a list of domains. */
export const mustBeHostedDomain: OptionRule = (value, name, options) => {
  // A condition that cannot be read must not count as met.
  if (!(name in options)) return [];
  const fits = Array.isArray(value) ? value.every(isFilledText) : isFilledText(value);
  return fits ? [] : [`${name} must be a domain, for example "example.com", or a list of them`];
};
