import { keptForTokenRequest } from "../endpoints/kept-parameters.ts";
import type { ClientContext } from "../client-context.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { fetchClientCredentials } from "./client-credentials.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { requestNextToken } from "./next-token.ts";
import { refreshByExchange } from "./refresh-by-exchange.ts";

/** Options of a refresh. */
export interface RefreshOptions extends Pick<GrantOptions, "resource" | "parameters"> {
  /** The scopes to request, fewer than were granted (RFC 6749 §6); by default all of them. */
  readonly scope?: readonly string[];
}

/**
 * Exchanges a refresh token for a new token (RFC 6749 §6), or the access token itself at a provider that has that instead.
 *
 * @param beforeSend - Awaited before each request; what it throws stops the refresh.
 * @throws OAuthError; what a hook throws; `PartlyRefused` where the server may have rotated the refresh token, and the new
 * one is kept.
 */
export async function exchangeRefreshToken(
  context: ClientContext,
  token: Token,
  options: RefreshOptions = {},
  beforeSend?: () => Promise<void>,
): Promise<Token> {
  const { refreshToken, accessToken } = token;
  if (refreshToken === undefined) {
    return refreshByExchange(context, token, options, beforeSend);
  }
  const request = {
    grant: "refresh_token",
    isRefresh: true,
    parameters: {
      ...keptForTokenRequest(context.provider, token.raw),
      refresh_token: refreshToken,
      ...grantParameters(context, "refreshToken()", options),
    },
    secrets: [refreshToken, accessToken],
    beforeSend,
  };
  return requestNextToken(context, token, request, options.scope);
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
