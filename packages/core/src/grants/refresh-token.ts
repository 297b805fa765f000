import { ownFields } from "../options/own-fields.ts";
import { keptForTokenRequest } from "../authorization/kept-parameters.ts";
import type { ClientContext } from "../client-context.ts";
import { publishWarning, type WarningEvent } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { PartlyRefused } from "../tokens/partly-refused.ts";
import { dateAt } from "../tokens/field-reader.ts";
import { compareScopes } from "../tokens/scopes.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import { Token } from "../tokens/token.ts";
import { fetchClientCredentials } from "./client-credentials.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { requestRefresh } from "./refresh-request.ts";
import { type GrantedTokens, RefusedTokens, type TokenRequest } from "./token-endpoint.ts";

/** Options of a refresh. */
export interface RefreshOptions extends Pick<GrantOptions, "resource" | "parameters"> {
  /** The scopes to request, fewer than were granted (RFC 6749 §6); by default all of them. */
  readonly scope?: readonly string[];
}

/**
 * Exchanges a refresh token for a new token (RFC 6749 §6). What the response leaves out (refresh token, scope, ID token)
 * is taken from the old token.
 *
 * @param beforeSend - Awaited before each request; what it throws stops the refresh.
 * @throws OAuthError; what a hook throws; {@link PartlyRefused} where the server may have rotated the refresh token, and
 * the new one is kept.
 */
export async function exchangeRefreshToken(
  context: ClientContext,
  token: Token,
  options: RefreshOptions = {},
  beforeSend?: () => Promise<void>,
): Promise<Token> {
  const { name, scopeAliases } = context.provider;
  const { refreshToken } = token;
  if (refreshToken === undefined) {
    const message = `The token has no refresh token, so ${name} cannot refresh it: let the user sign in again, and ask for offline access if the provider gives refresh tokens only then.`;
    throw new OAuthError("REFRESH_TOKEN_MISSING", message, { provider: name });
  }
  const shared = grantParameters(context, "refreshToken()", options);
  const request: TokenRequest = {
    grant: "refresh_token",
    parameters: {
      ...keptForTokenRequest(context.provider, token.raw),
      refresh_token: refreshToken,
      ...shared,
    },
    secrets: [refreshToken, token.accessToken],
    beforeSend,
  };
  const granted = await requestRefresh(context, request).catch((error: unknown) => {
    throw error instanceof RefusedTokens ? partlyRefused(token, error) : error;
  });
  const claims = await claimsOfSameUser(context, token, granted);
  const { fields, receivedAt } = granted;
  const { scope } = options;
  const record = tokenFromResponse(
    { ...fields, scope: fields.scope ?? scope ?? token.scope },
    {
      now: receivedAt,
      requestedScope: scope ?? token.requestedScope,
      scopeAliases,
      claims: claims ?? token.claims,
    },
  );
  const next = Token.from({
    ...record,
    // Most providers send no new refresh token, which means that the old one stays (RFC 6749 §6).
    ...(fields.refreshToken === undefined && {
      refreshToken,
      refreshTokenExpiresAt: record.refreshTokenExpiresAt ?? token.refreshTokenExpiresAt,
    }),
    // Claims and ID token belong together: an ID token that could not be verified is left out.
    idToken: (claims || !context.idTokens.supported ? fields.idToken : undefined) ?? token.idToken,
    raw: { ...token.raw, ...fields.raw },
  });
  await reportScopeChange(context, token, next);
  return next;
}

/** Keeps the new refresh token beside the access token before: the new one was refused. */
function partlyRefused(
  token: Token,
  { error, refreshToken, refreshTokenExpiresAt }: RefusedTokens,
): PartlyRefused {
  const kept = {
    ...token.toJSON(),
    refreshToken,
    refreshTokenExpiresAt: dateAt(refreshTokenExpiresAt),
  };
  return new PartlyRefused(error, Token.from(kept));
}

/**
 * Gets a new token in place of another without the user: with its refresh token, or with the grant that it came from.
 *
 * @param beforeSend - Awaited just before a request is sent; what it throws stops the request.
 * @throws OAuthError: `REFRESH_TOKEN_MISSING`, or the grant's errors.
 */
export async function renewToken(
  context: ClientContext,
  token: Token,
  beforeSend?: () => Promise<void>,
): Promise<Token> {
  if (token.refreshToken !== undefined || token.renewal === undefined) {
    return exchangeRefreshToken(context, token, ownFields({}), beforeSend);
  }
  await beforeSend?.();
  const { resource, ...parameters } = ownFields(token.renewal.parameters ?? {});
  const options = {
    scope: token.requestedScope,
    ...(resource !== undefined && { resource }),
    parameters,
  };
  return fetchClientCredentials(context, ownFields<GrantOptions>(options));
}

/**
 * Reports that a refresh changed the difference between the granted and the requested scope.
 *
 * @throws {@link PartlyRefused} with what `onScopeChange` throws.
 */
async function reportScopeChange(
  { provider, onScopeChange }: ClientContext,
  before: Token,
  next: Token,
): Promise<void> {
  const { scopeChange } = next;
  if (!scopeChange || !compareScopes(before.scope, next.scope, provider.scopeAliases)) return;
  try {
    await onScopeChange?.(scopeChange, next);
  } catch (error) {
    // The callback's mistake must not cost the user a token that was rotated.
    throw new PartlyRefused(error, next);
  }
}

/**
 * Verifies the ID token of a refresh: it must be of the same user and sign-in as the one before (OpenID Connect Core
 * §12.2). One that cannot be verified now is reported and not believed, but no reason to lose a rotated refresh token,
 * unless it is of another user by its own words.
 *
 * @returns The claims; undefined without an ID token, and for one that cannot be verified now.
 */
async function claimsOfSameUser(
  { provider: { name }, idTokens }: ClientContext,
  { claims: before }: Token,
  { fields: { accessToken, idToken } }: GrantedTokens,
): Promise<IdTokenClaims | undefined> {
  if (idToken === undefined || !idTokens.supported) return undefined;
  const { claims, claimed, doubt } = await idTokens
    .verifyRefreshed(idToken, accessToken)
    .catch((error: unknown) => {
      throw discarded(error);
    });
  // The issuer was checked with the signature, and may be written in more than one way.
  const [earlier, later] = [before, claimed].map((each) =>
    ownFields<Partial<IdTokenClaims>>(each ?? {}),
  );
  const differing = ["sub", "nonce", "auth_time"].find((claim) => {
    const [old, now] = [earlier?.[claim], later?.[claim]];
    return old !== undefined && now !== undefined && old !== now;
  });
  if (differing === undefined) {
    if (doubt) publishWarning(name, unverified(doubt));
    return claims;
  }
  const details = { claim: differing };
  const message = `${name} answered the refresh with the ID token of another user or sign-in (${differing} differs), so the new token was discarded.`;
  throw new OAuthError("SUBJECT_MISMATCH", message, { provider: name, details });
}

/** Says what became of the ID token of a refresh. */
function unverified({ code, message, details }: OAuthError): Omit<WarningEvent, "provider"> {
  const note = "The new tokens are used, with the earlier claims.";
  return { code, message: `${message} ${note}`, details };
}

/** Says what became of a refresh whose ID token is wrong for good. */
function discarded(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  const { code, message, provider, details } = error;
  const note = "The new token was discarded: let the user sign in again.";
  return new OAuthError(code, `${message} ${note}`, {
    ...(provider !== undefined && { provider }),
    ...(details && { details }),
  });
}
