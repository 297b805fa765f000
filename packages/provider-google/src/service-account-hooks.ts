import type { Hooks, TokenRequestHookValue, TokenResponseHookValue } from "@grantkit/core";

/** Hooks that adjust the token requests of an account and their responses to what Google wants and sends. */
export const SERVICE_ACCOUNT_HOOKS: Hooks = {
  tokenRequest: withScopeInAssertionOnly,
  tokenResponse: withIdTokenAsToken,
};

function withScopeInAssertionOnly(request: TokenRequestHookValue): TokenRequestHookValue {
  const { scope: _signed, ...body } = request.body;
  return { ...request, body };
}

/** Google answers an assertion with `target_audience` by an ID token alone, which is for another service to verify. */
function withIdTokenAsToken(response: TokenResponseHookValue): TokenResponseHookValue {
  const { id_token: idToken, ...body } = response.body;
  if (typeof idToken !== "string" || body["access_token"] !== undefined) return response;
  return { ...response, body: { ...body, access_token: idToken, token_type: "Bearer" } };
}
