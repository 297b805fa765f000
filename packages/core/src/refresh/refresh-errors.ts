import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { Token } from "../tokens/token.ts";

/** The error of requests after the token was revoked, or its record deleted. */
export function sessionEnded(provider: string): OAuthError {
  const message =
    "The session has ended: its token was revoked or deleted. Let the user sign in again.";
  return new OAuthError("SESSION_ENDED", message, { provider });
}

/** The error of a refresh whose new token could not be saved. */
export function saveFailed(
  provider: string,
  saver: string,
  error: unknown,
  secrets: readonly (Token | string | undefined)[],
): OAuthError {
  const message = `The token was refreshed, and ${saver} failed to save it (${redacted(error, secrets)}). The new token is kept in memory, and the next request tries to save it first.`;
  return new OAuthError("TOKEN_UPDATE_FAILED", message, { provider, retryable: true });
}

/** The error of a refresh for which the session's `renew`, or a hook of the grant that the session repeats, threw. */
export function renewalFailed(provider: string, error: unknown, expired: Token): OAuthError {
  const message = `The session could not get a new token (${redacted(error, [expired])}). The next request tries again.`;
  return new OAuthError("RENEWAL_FAILED", message, { provider, retryable: true });
}

/** The error of a token store that threw. */
export function storeFailed(
  provider: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  if (OAuthError.isInstance(error)) return error;
  const message = `The token store failed (${redacted(error, secrets)}). Try again; store.check() tests the connection.`;
  return new OAuthError("STORE_FAILED", message, { provider, retryable: true });
}

/** The error of a key under which nothing is stored. */
export function tokenNotFound(provider: string): OAuthError {
  const message =
    "The store has no token under this key. Let the user sign in, and pass the new token to storedSession({ store, key, token }).";
  return new OAuthError("TOKEN_NOT_FOUND", message, { provider });
}

/** The error of a refresh whose lock was lost before the refresh token was sent. */
export function lockLost(provider: string): OAuthError {
  const message =
    "The lock on this token was lost before the refresh token could be sent. Try again.";
  return new OAuthError("STORE_LOCK_LOST", message, { provider, retryable: true });
}

/** The error of reading `session.token` before a session that gets its own tokens has one. */
export function noTokenYet(provider: string): OAuthError {
  const message =
    "The session has no token yet: its first request gets one. Call session.refresh() to get it now.";
  return new OAuthError("TOKEN_NOT_FOUND", message, { provider });
}

/** What an error says, without the secrets in it. */
function redacted(error: unknown, secrets: readonly (Token | string | undefined)[]): string {
  const redactor = new Redactor(
    secrets.flatMap((secret) =>
      typeof secret === "object"
        ? [secret.accessToken, secret.refreshToken, secret.idToken]
        : [secret],
    ),
  );
  return redactor.line(error instanceof Error ? error.message : String(error));
}
