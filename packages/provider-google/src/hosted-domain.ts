import type { Token } from "@grantkit/core";

/**
 * Whether the user belongs to a Google Workspace domain, according to the verified ID token. The authorization option
 * `hostedDomain` is only a hint, which users can change: check the token as well.
 *
 * @param token - A token with verified claims.
 * @param domain - The domain, for example `example.com`, or `*` for any.
 * @see https://developers.google.com/identity/openid-connect/openid-connect#hd-param
 *
 * @example
 * ```ts
 * import { isFromHostedDomain, type Token } from "@grantkit/provider-google";
 *
 * export function assertColleague(token: Token): void {
 *   if (!isFromHostedDomain(token, "example.com")) throw new Error("Please use your work account.");
 * }
 * ```
 */
export function isFromHostedDomain(token: Token, domain: string): boolean {
  const claimed = token.claims?.["hd"];
  if (typeof claimed !== "string" || claimed === "") return false;
  return domain === "*" || claimed.toLowerCase() === domain.toLowerCase();
}
