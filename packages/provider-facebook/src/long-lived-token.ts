import type { HookContext, TokenRequestHookValue } from "@grantkit/core";

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/**
 * Rewrites a token exchange (RFC 8693) as Facebook's own: it has one kind, for a token that lives longer.
 *
 * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
 */
export function asLongLivedExchange(
  request: TokenRequestHookValue,
  { grant }: HookContext,
): TokenRequestHookValue {
  if (grant !== TOKEN_EXCHANGE) return request;
  const {
    subject_token: token = "",
    subject_token_type: _type,
    scope: _scope,
    ...body
  } = request.body;
  return {
    ...request,
    body: { ...body, grant_type: "fb_exchange_token", fb_exchange_token: token },
  };
}
