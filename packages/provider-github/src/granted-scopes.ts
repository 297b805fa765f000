import type { TokenResponseHookValue } from "@grantkit/core";

/**
 * Replaces the commas between granted scopes by spaces: GitHub writes commas in its token response, against RFC 6749 §3.3.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export function withSpacedScopes(response: TokenResponseHookValue): TokenResponseHookValue {
  const { scope } = response.body;
  if (typeof scope !== "string") return response;
  return { ...response, body: { ...response.body, scope: scope.replaceAll(",", " ") } };
}
