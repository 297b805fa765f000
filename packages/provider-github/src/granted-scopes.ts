import type { TokenResponseHookValue } from "@grantkit/core";

/**
 * GitHub separates granted scopes by commas, where it and RFC 6749 §3.3 separate requested ones by spaces.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export function withSpacedScopes(response: TokenResponseHookValue): TokenResponseHookValue {
  const { scope } = response.body;
  if (typeof scope !== "string") return response;
  return { ...response, body: { ...response.body, scope: scope.replaceAll(",", " ") } };
}
