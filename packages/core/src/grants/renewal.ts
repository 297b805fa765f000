import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";
import { fetchClientCredentials } from "./client-credentials.ts";
import { exchangeRefreshToken } from "./refresh-token.ts";

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
    return exchangeRefreshToken(context, token, {}, beforeSend);
  }
  await beforeSend?.();
  const { resource, ...parameters } = token.renewal.parameters ?? {};
  return fetchClientCredentials(context, {
    scope: token.requestedScope,
    ...(resource !== undefined && { resource }),
    parameters,
  });
}
