import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ScopeChangedError } from "../tokens/token-errors.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import { Token } from "../tokens/token.ts";
import type { GrantedTokens } from "./token-endpoint.ts";

/** What was granted, as a token. */
export function grantedToken(
  context: ClientContext,
  { fields, receivedAt }: GrantedTokens,
  details: {
    /** Undefined: the scope was left to the provider. */
    readonly requestedScope: readonly string[] | undefined;
    readonly claims?: IdTokenClaims | undefined;
    readonly renewal?: TokenRecord["renewal"];
  },
): Token {
  const token = Token.from({
    ...tokenFromResponse(fields, {
      now: receivedAt,
      requestedScope: details.requestedScope,
      scopeAliases: context.provider.scopeAliases,
      claims: details.claims,
    }),
    renewal: details.renewal,
  });
  reportScope(context, token);
  return token;
}

/** Tells the app when a scope is not what was asked for, and stops there when it wants that. */
function reportScope({ provider, strictScope, onScopeChange }: ClientContext, token: Token): void {
  const { scopeChange, requestedScope } = token;
  // Where nothing was asked for, the provider decides: that is no change (RFC 6749 §3.3).
  if (!scopeChange || requestedScope.length === 0) return;
  onScopeChange?.(scopeChange, token);
  if (strictScope) throw new ScopeChangedError(provider.name, token);
}

/**
 * The claims of the ID token that came along, verified; undefined when there is none or the provider has no keys, and the
 * request that it answers says nothing that only an ID token can tell.
 */
export async function grantedClaims(
  { idTokens, provider, clock }: ClientContext,
  { fields, serverTime }: GrantedTokens,
  {
    request,
    issuedWithin,
  }: { readonly request?: AuthorizationRequest; readonly issuedWithin?: number } = {},
): Promise<IdTokenClaims | undefined> {
  const { nonce, maxAge, issuedAt = 0 } = request ?? {};
  if (fields.idToken === undefined || !idTokens.supported) {
    if (maxAge === undefined) return undefined;
    throw new OAuthError(
      "TOKEN_RESPONSE_INVALID",
      `The token response of ${provider.name} cannot be used: id_token is missing, and nothing else tells whether the sign-in keeps to maxAge.`,
      { provider: provider.name, details: { field: "id_token" } },
    );
  }
  return idTokens.verify(fields.idToken, {
    accessToken: fields.accessToken,
    ...(issuedWithin !== undefined && { issuedWithin }),
    ...(nonce !== undefined && { nonce }),
    // The provider counts from the request; what the user does there until the callback takes its time.
    ...(maxAge !== undefined && { maxAge: maxAge + Math.max(0, clock.now() - issuedAt) / 1000 }),
    serverTime,
  });
}
