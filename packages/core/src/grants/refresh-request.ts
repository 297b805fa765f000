import type { ClientContext } from "../client-context.ts";
import { OAuthError, withNote } from "../errors/oauth-error.ts";
import { isConnectionLost } from "../http/network-errors.ts";
import { isAmbiguous } from "./spent-code.ts";
import { type GrantedTokens, requestTokens, type TokenRequest } from "./token-endpoint.ts";

/**
 * Requests a refresh. When the connection is lost, the request is sent a second time within the same time limit, and not
 * again: a reused connection may have been closed before the server read anything, and servers with a grace period accept
 * the old refresh token once more (docs/decisions/0005).
 *
 * @throws OAuthError. When no answer says what became of the refresh token, it is `retryable`, its message says so, and it
 * is never the refusal of the second request.
 */
export async function requestRefresh(
  context: ClientContext,
  request: TokenRequest,
): Promise<GrantedTokens> {
  const { clock, endpointTimeout } = context;
  let until = 0;
  const first = {
    ...request,
    async beforeSend() {
      await request.beforeSend?.();
      until = clock.now() + endpointTimeout;
    },
  };
  try {
    return await requestTokens(context, first);
  } catch (error) {
    if (!OAuthError.isInstance(error) || !isUnanswered(error)) throw error;
    const mayHelp = isConnectionLost(error.details?.["networkCode"]) && clock.now() < until;
    if (!mayHelp) throw outcomeUnknown(error);
    return await requestTokens(context, { ...request, until }).catch((second: unknown) => {
      throw OAuthError.isInstance(second) ? secondFailed(error, second) : second;
    });
  }
}

function isUnanswered(error: OAuthError): boolean {
  return isAmbiguous(error) && error.code !== "RESPONSE_TOO_LARGE";
}

/** The error after the second request: it may be refused because the first one had succeeded. */
function secondFailed(first: OAuthError, second: OAuthError): OAuthError {
  if (second.retryable) return outcomeUnknown(second);
  if (second.error === undefined && (second.status ?? 0) < 400) return second;
  return outcomeUnknown(first, `A second request was refused (${second.error ?? second.code}). `);
}

/** Adds to an error that nobody knows what became of the refresh token. */
function outcomeUnknown(error: OAuthError, refusal = ""): OAuthError {
  const note = `${refusal}The outcome is unknown: the provider may have replaced the refresh token. The next refresh sends it again; if that is refused, let the user sign in again.`;
  return withNote(error, note, { retryable: true });
}
