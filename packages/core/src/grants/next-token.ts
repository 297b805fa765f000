import type { ClientContext } from "../client-context.ts";
import { publishWarning, type WarningEvent } from "../diagnostics.ts";
import { OAuthError, withNote } from "../errors/oauth-error.ts";
import { withoutScheme } from "../oidc/issuer.ts";
import { ownFields } from "../options/own-fields.ts";
import { dateAt } from "../tokens/field-reader.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { PartlyRefused } from "../tokens/partly-refused.ts";
import { compareScopes } from "../tokens/scopes.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import { Token } from "../tokens/token.ts";
import { requestRefresh } from "./refresh-request.ts";
import {
  type GrantedTokens,
  RefusedTokens,
  requestTokens,
  type TokenRequest,
} from "./token-endpoint.ts";

/**
 * Requests a new token in place of another. What the response leaves out (refresh token, scope, ID token) is taken from the
 * old token.
 *
 * @param scope - The requested scope; undefined for all that was granted.
 * @throws OAuthError; what a hook throws; {@link PartlyRefused} where the server may have rotated the refresh token, and
 * the new one is kept.
 */
export async function requestNextToken(
  context: ClientContext,
  token: Token,
  request: TokenRequest,
  scope: readonly string[] | undefined,
): Promise<Token> {
  // A refresh token may be spent by a request that gets no answer; an access token is not.
  const requested = request.repeatable === true ? requestTokens : requestRefresh;
  const granted = await requested(context, request).catch((error: unknown) => {
    throw error instanceof RefusedTokens ? partlyRefused(token, error) : error;
  });
  const claims = await claimsOfSameUser(context, token, granted);
  const { fields, receivedAt } = granted;
  const record = tokenFromResponse(
    { ...fields, scope: fields.scope ?? scope ?? token.scope },
    {
      now: receivedAt,
      requestedScope: scope ?? token.requestedScope,
      scopeAliases: context.provider.scopeAliases,
      claims: claims ?? token.claims,
    },
  );
  const next = Token.from({
    ...record,
    // Most providers send no new refresh token, which means that the old one stays (RFC 6749 §6).
    ...(fields.refreshToken === undefined && {
      refreshToken: token.refreshToken,
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
  const [earlier, later] = [before ?? {}, claimed].map(signInOf);
  const differing = ["iss", "sub", "nonce", "auth_time"].find((claim) => {
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

/** The claims that are the same in all ID tokens of a sign-in, if they are there (OpenID Connect Core §12.2). */
function signInOf(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { iss, sub, nonce, auth_time } = ownFields(claims);
  // Each was checked with its signature, and may be written in more than one way; but it may be another tenant's.
  return { iss: typeof iss === "string" ? withoutScheme(iss) : undefined, sub, nonce, auth_time };
}

/** Says what became of the ID token of a refresh. */
function unverified({ code, message, details }: OAuthError): Omit<WarningEvent, "provider"> {
  const note = "The new tokens are used, with the earlier claims.";
  return { code, message: `${message} ${note}`, details };
}

/** Says what became of a refresh whose ID token is wrong for good. */
function discarded(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  return withNote(error, "The new token was discarded: let the user sign in again.");
}
