import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { singleIssuer, withoutScheme } from "../oidc/issuer.ts";
import type { JwtSource } from "../oidc/key-set.ts";
import { ownFields } from "../options/own-fields.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { ScopeChangedError } from "../tokens/token-errors.ts";
import { checkRequestedClaims, requestedClaims } from "./requested-claims.ts";
import { withPatienceForKeys } from "./patience-for-keys.ts";
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

/** How the ID token of a token response is verified. */
export interface IdTokenDetails {
  /** The authorization request that was answered, as far as it is known. */
  readonly request?: Partial<AuthorizationRequest>;
  /** The code that was exchanged. */
  readonly code?: string;
  /** The `iss` of the callback (RFC 9207), which was checked as far as it can be without an ID token. */
  readonly issuer?: string | undefined;
  /** The requested scope of a user's sign-in: with `openid` in it there must be an ID token. */
  readonly requestedScope?: readonly string[];
  /** Why there must be an ID token whatever the scope is, to complete "id_token is missing". */
  readonly requiredBecause?: string;
  /** Seconds that `iat` may differ from now. */
  readonly issuedWithin?: number;
  /** Where the response came from; without it from the token endpoint. */
  readonly source?: JwtSource;
  /** Ends the wait for the provider's keys. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies the ID token of a token response. It waits for the provider's keys where they cannot be fetched at first.
 *
 * @returns The claims; undefined without an ID token, and for a provider without keys.
 * @throws OAuthError as `IdTokenVerifier.verify` does; `TOKEN_RESPONSE_INVALID` for a missing ID token when `openid` was
 * granted (OpenID Connect Core §3.1.3.3) or `maxAge` was requested; `ABORTED`; ConfigurationError for an ID token that
 * `openid` asked for and that cannot be verified.
 */
export async function grantedClaims(
  context: ClientContext,
  granted: GrantedTokens,
  details: IdTokenDetails,
): Promise<IdTokenClaims | undefined> {
  const { idTokens, clock } = context;
  const { fields } = granted;
  const { request, code, signal, source = "provider", issuedWithin } = ownFields(details);
  const { nonce, maxAge, issuedAt = 0 } = ownFields(request ?? {});
  const { accessToken, idToken } = fields;
  checkIdTokenPresence(context, granted, details);
  if (idToken === undefined || !idTokens.supported) return undefined;
  const verify = (): Promise<IdTokenClaims> =>
    idTokens.verifyGranted(
      idToken,
      {
        isSignIn: request !== undefined,
        code,
        ...(issuedWithin !== undefined && { issuedWithin }),
        accessToken,
        ...(nonce !== undefined && { nonce }),
        // The provider counts from the request; the user's time until the callback is added.
        ...(maxAge !== undefined && {
          maxAge: maxAge + Math.max(0, clock.now() - issuedAt) / 1000,
        }),
      },
      source,
    );
  const claims = await withPatienceForKeys(context, verify, signal);
  checkRequestedClaims(context, claims, requestedClaims(context, ownFields(request ?? {})));
  checkSameIssuer(context, claims, ownFields(details).issuer);
  return claims;
}

/** Checks that callback and ID token are of the same tenant, where the provider has an issuer for each. */
function checkSameIssuer(
  { provider: { name, issuer } }: ClientContext,
  claims: IdTokenClaims,
  ofCallback: string | undefined,
): void {
  if (ofCallback === undefined || singleIssuer(issuer) !== undefined) return;
  if (withoutScheme(claims.iss) === withoutScheme(ofCallback)) return;
  const message = `The callback's iss and the ID token's differ: the callback may be of another tenant of ${name} (RFC 9207). Start again.`;
  throw new OAuthError("ISSUER_MISMATCH", message, { provider: name });
}

/** Checks that there is an ID token where one was asked for, and that it can be verified. */
function checkIdTokenPresence(
  context: ClientContext,
  { fields: { idToken, scope } }: GrantedTokens,
  details: IdTokenDetails,
): void {
  const { idTokens, provider } = context;
  const { request, requestedScope = [], requiredBecause } = ownFields(details);
  if (idToken !== undefined) {
    throwProblems("The ID token", idTokens.scopeProblems(requestedScope), provider.name);
  }
  if (idToken !== undefined && idTokens.supported) return;
  if (requiredBecause !== undefined) throw idTokenMissing(context, requiredBecause);
  const condition = request && conditionOf(context, ownFields(request));
  if (condition !== undefined) {
    throw idTokenMissing(context, `and ${condition} cannot be checked without it`);
  }
  const isRequested = idTokens.supported && requestedScope.some(isOpenId);
  if (isRequested && (scope ?? requestedScope).some(isOpenId)) {
    throw idTokenMissing(context, "though openid was granted");
  }
}

/** Names what an authorization request requires of the ID token beyond its presence. */
function conditionOf(
  context: ClientContext,
  request: Partial<AuthorizationRequest>,
): string | undefined {
  return request.maxAge === undefined ? requestedClaims(context, request)[0]?.parameter : "maxAge";
}

/** Whether a scope is `openid`; some servers list scopes with commas, whatever their delimiter is. */
function isOpenId(name: string): boolean {
  return name.split(",").includes("openid");
}

/** Builds the error for a token response without the ID token that it must have (`TOKEN_RESPONSE_INVALID`). */
function idTokenMissing({ provider }: ClientContext, reason: string): OAuthError {
  const details = { field: "id_token" };
  const message = `The token response of ${provider.name} cannot be used: id_token is missing ${reason}.`;
  return new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider: provider.name, details });
}
