import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { ScopeChangedError } from "../tokens/token-errors.ts";
import type { TokenRenewal } from "../tokens/token-record.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import { Token } from "../tokens/token.ts";
import type { GrantedTokens } from "./token-endpoint.ts";

/**
 * Makes a token of a token response, and reports a scope other than the requested one.
 *
 * @throws ScopeChangedError with `strictScope`; what `onScopeChange` throws.
 */
export async function grantedToken(
  { provider, strictScope, onScopeChange }: ClientContext,
  { fields, receivedAt }: GrantedTokens,
  details: {
    /** Undefined when the scope was left to the provider. */
    readonly requestedScope: readonly string[] | undefined;
    readonly claims?: IdTokenClaims | undefined;
    readonly renewal?: TokenRenewal;
  },
): Promise<Token> {
  const { scopeAliases, name } = provider;
  const { claims, requestedScope, renewal } = ownFields(details);
  const context = { now: receivedAt, requestedScope, scopeAliases, claims };
  const token = Token.from({ ...tokenFromResponse(fields, context), renewal });
  const { scopeChange } = token;
  // Without a requested scope the provider decides, which is no change (RFC 6749 §3.3).
  if (scopeChange && token.requestedScope.length > 0) {
    await onScopeChange?.(scopeChange, token);
    if (strictScope) throw new ScopeChangedError(name, token);
  }
  return token;
}

/**
 * Verifies the ID token of a token response.
 *
 * @param details - The authorization request that was answered, and the longest time since `iat` in seconds.
 * @returns The claims; undefined without an ID token, and for a provider without keys.
 * @throws OAuthError as `IdTokenVerifier.verify` does; `TOKEN_RESPONSE_INVALID` when `maxAge` was requested and there is
 * no ID token to check it by.
 */
export async function grantedClaims(
  context: ClientContext,
  { fields }: GrantedTokens,
  details: { readonly request?: AuthorizationRequest; readonly issuedWithin?: number } = ownFields(
    {},
  ),
): Promise<IdTokenClaims | undefined> {
  const { idTokens, clock } = context;
  const { request, ...limits } = ownFields(details);
  const { nonce, maxAge, issuedAt = 0 } = ownFields<Partial<AuthorizationRequest>>(request ?? {});
  const { accessToken, idToken } = fields;
  if (idToken === undefined || !idTokens.supported) {
    if (maxAge === undefined) return undefined;
    throw idTokenMissing(context, "and maxAge cannot be checked without it");
  }
  return idTokens.verify(idToken, {
    ...limits,
    accessToken,
    ...(nonce !== undefined && { nonce }),
    // The provider counts from the request; the user's time until the callback is added.
    ...(maxAge !== undefined && { maxAge: maxAge + Math.max(0, clock.now() - issuedAt) / 1000 }),
  });
}

/** Builds the error for a token response without the ID token that it must have (`TOKEN_RESPONSE_INVALID`). */
export function idTokenMissing({ provider }: ClientContext, reason: string): OAuthError {
  const details = { field: "id_token" };
  const message = `The token response of ${provider.name} cannot be used: id_token is missing ${reason}.`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider: provider.name, details });
}
