import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import { compareScopes } from "../tokens/scopes.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import { Token } from "../tokens/token.ts";
import { grantParameters } from "./grant-parameters.ts";
import { isAmbiguous } from "./spent-code.ts";
import { type GrantedTokens, requestTokens, type TokenRequest } from "./token-endpoint.ts";

/** Why an ID token could not be verified now, though there may be nothing wrong with it. */
const MAY_PASS = new Set<OAuthError["code"]>([
  "CLOCK_SKEW",
  "KEY_SELECTION_FAILED",
  "KEY_SET_UNAVAILABLE",
]);

/** What a refresh can be given. */
export interface RefreshOptions {
  /** Asks for less than was granted (RFC 6749 §6); left out of the request when absent. */
  readonly scope?: readonly string[];
  /** For which of the APIs that were granted the new access token is to be (RFC 8707 §2.2). */
  readonly resource?: string | readonly string[];
  /** Further form fields by the provider's own names; an array repeats the field. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/** What a refresh is given inside the package. */
interface RefreshDetails extends RefreshOptions {
  /** Awaited before each request; what it throws stops the refresh. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/**
 * Exchanges a refresh token for a new token (RFC 6749 §6). What the answer leaves out (refresh token, scope,
 * ID token) stays as it was; nothing but the refresh token and the scope is sent. When no answer says whether the
 * server has rotated the refresh token, it is sent a second time, and no more.
 */
export async function exchangeRefreshToken(
  context: ClientContext,
  token: Token,
  { beforeSend, ...options }: RefreshDetails = {},
): Promise<Token> {
  const { name, scopeAliases } = context.provider;
  const { refreshToken } = token;
  if (refreshToken === undefined) {
    throw new OAuthError(
      "REFRESH_TOKEN_MISSING",
      `The token has no refresh token, so ${name} cannot renew it: let the user sign in again, and ask for offline access if the provider gives refresh tokens only then.`,
      { provider: name },
    );
  }
  const request: TokenRequest = {
    grant: "refresh_token",
    parameters: {
      refresh_token: refreshToken,
      ...grantParameters(context, "refreshToken()", options),
    },
    secrets: [refreshToken, token.accessToken],
    beforeSend,
  };
  const granted = await requestTokens(context, request).catch((error: unknown) => {
    if (!OAuthError.isInstance(error) || !isUnanswered(error)) throw error;
    // The server may have rotated it: those with a grace period answer once more, and later is too late.
    return requestTokens(context, request);
  });
  const claims = await sameUser(context, token, granted);
  // Claims and ID token belong together: one that could not be verified is left out.
  const idToken = claims || !context.idTokens.supported ? granted.fields.idToken : undefined;
  const next = renewed(token, granted, {
    scope: options.scope,
    scopeAliases,
    claims: claims ?? token.claims,
    idToken: idToken ?? token.idToken,
  });
  reportScopeChange(context, token, next);
  return next;
}

/** Tells the app when a refresh has changed how the scope differs from what was asked for. */
function reportScopeChange(context: ClientContext, before: Token, next: Token): void {
  const { scopeChange } = next;
  if (!scopeChange || !compareScopes(before.scope, next.scope, context.provider.scopeAliases))
    return;
  try {
    context.onScopeChange?.(scopeChange, next);
  } catch (error) {
    // The caller's mistake is not to cost the user a token that was rotated.
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Whether nobody can say what became of a refresh token that may have been received. */
function isUnanswered(error: OAuthError): boolean {
  return isAmbiguous(error) && error.code !== "RESPONSE_TOO_LARGE";
}

/** The token before, with what the answer changed. */
function renewed(
  token: Token,
  { fields, receivedAt }: GrantedTokens,
  {
    scope,
    scopeAliases,
    claims,
    idToken,
  }: {
    readonly scope: readonly string[] | undefined;
    readonly scopeAliases: Readonly<Record<string, string>> | undefined;
    readonly claims: IdTokenClaims | undefined;
    readonly idToken: string | undefined;
  },
): Token {
  const record = tokenFromResponse(
    { ...fields, scope: fields.scope ?? scope ?? token.scope },
    {
      now: receivedAt,
      requestedScope: scope ?? token.requestedScope,
      scopeAliases,
      claims,
    },
  );
  return Token.from({
    ...record,
    // Most providers send no new one, which means that the old one stays (RFC 6749 §6).
    ...(fields.refreshToken === undefined && {
      refreshToken: token.refreshToken,
      refreshTokenExpiresAt: record.refreshTokenExpiresAt ?? token.refreshTokenExpiresAt,
    }),
    idToken,
    raw: { ...token.raw, ...fields.raw },
  });
}

/**
 * The claims of the ID token that came with a refresh: of the same user and the same sign-in as the one before
 * (OpenID Connect Core §12.2), or it is refused.
 */
async function sameUser(
  { provider, idTokens }: ClientContext,
  { claims: before }: Token,
  { fields, serverTime }: GrantedTokens,
): Promise<IdTokenClaims | undefined> {
  if (fields.idToken === undefined || !idTokens.supported) return undefined;
  const { accessToken } = fields;
  const claims = await idTokens
    .verify(fields.idToken, { accessToken, serverTime })
    .catch((error: unknown) => {
      // No reason to lose a refresh token that was rotated: the ID token is left out, and the one before stays.
      if (OAuthError.isInstance(error) && MAY_PASS.has(error.code)) return undefined;
      throw error;
    });
  // The issuer was checked with the signature, and may be written in more than one way.
  const differing = ["sub", "nonce", "auth_time"].find((claim) => differs(claim, before, claims));
  if (differing === undefined) return claims;
  throw new OAuthError(
    "SUBJECT_MISMATCH",
    `${provider.name} answered the refresh with the ID token of another user or sign-in (${differing} differs); the new token was thrown away.`,
    { provider: provider.name, details: { claim: differing } },
  );
}

function differs(
  claim: string,
  before: IdTokenClaims | undefined,
  after: IdTokenClaims | undefined,
): boolean {
  const [old, now] = [before?.[claim], after?.[claim]];
  return old !== undefined && now !== undefined && old !== now;
}
