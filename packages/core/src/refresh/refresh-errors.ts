import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { Token } from "../tokens/token.ts";

/** The error of requests after the token was revoked, or its record deleted. */
export function sessionEnded(provider: string): OAuthError {
  return new OAuthError(
    "SESSION_ENDED",
    "The session has ended: its token was revoked or deleted. Let the user sign in again.",
    { provider },
  );
}

/** The error of a refresh whose new token could not be saved. */
export function saveFailed(
  provider: string,
  saver: string,
  error: unknown,
  secrets: readonly (Token | string | undefined)[],
): OAuthError {
  return new OAuthError(
    "TOKEN_UPDATE_FAILED",
    `The token was refreshed, and ${saver} failed to save it (${redacted(error, secrets)}). The new token is kept in memory, and the next request tries to save it first.`,
    { provider, retryable: true },
  );
}

/** The error of a refresh for which the session's `renew`, or a hook of the grant that the session repeats, threw. */
export function renewalFailed(
  provider: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  return new OAuthError(
    "RENEWAL_FAILED",
    `The session could not get a new token (${redacted(error, secrets)}). The next request tries again.`,
    { provider, retryable: true },
  );
}

/** The error of a token store that threw. */
export function storeFailed(
  provider: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  if (OAuthError.isInstance(error)) return error;
  return new OAuthError(
    "STORE_FAILED",
    `The token store failed (${redacted(error, secrets)}). Try again; store.check() tests the connection.`,
    { provider, retryable: true },
  );
}

/** The error of a key under which nothing is stored. */
export function tokenNotFound(provider: string): OAuthError {
  return new OAuthError(
    "TOKEN_NOT_FOUND",
    "The store has no token under this key. Let the user sign in, and pass the new token to storedSession({ store, key, token }).",
    { provider },
  );
}

/** The error of a refresh whose lock was lost before the refresh token was sent. */
export function lockLost(provider: string): OAuthError {
  return new OAuthError(
    "STORE_LOCK_LOST",
    "The lock on this token was lost before it could be refreshed, so nothing was sent. Try again.",
    { provider, retryable: true },
  );
}

/** The error of reading `session.token` before a session that gets its own tokens has one. */
export function noTokenYet(provider: string): OAuthError {
  return new OAuthError(
    "TOKEN_NOT_FOUND",
    "The session has no token yet: its first request gets one. Call session.refresh() to get it now.",
    { provider },
  );
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
