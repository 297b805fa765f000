import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { Token } from "../tokens/token.ts";

/** The token was revoked, or its record deleted; nothing can be sent with it. */
export function sessionEnded(provider: string): OAuthError {
  return new OAuthError(
    "SESSION_ENDED",
    "The session has ended: its token was revoked or deleted. Let the user sign in again.",
    { provider },
  );
}

/** The new token is there, and could not be saved. */
export function saveFailed(
  provider: string,
  saver: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  return new OAuthError(
    "TOKEN_UPDATE_FAILED",
    `The token was refreshed, and ${saver} failed to save it (${said(error, secrets)}). The new token is kept in memory, and the next request tries to save it first.`,
    { provider, retryable: true },
  );
}

/** The session option `renew`, or a hook of a grant that a session repeats by itself, threw. */
export function renewalFailed(
  provider: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  return new OAuthError(
    "RENEWAL_FAILED",
    `The session could not get a new token (${said(error, secrets)}). The next request tries again.`,
    { provider, retryable: true },
  );
}

/** The store could not be asked. */
export function storeFailed(
  provider: string,
  error: unknown,
  secrets: readonly Token[],
): OAuthError {
  if (OAuthError.isInstance(error)) return error;
  return new OAuthError(
    "STORE_FAILED",
    `The token store failed (${said(error, secrets)}). Try again, and see what store.check() says.`,
    { provider, retryable: true },
  );
}

/** The store has no token under a key. */
export function tokenNotFound(provider: string): OAuthError {
  return new OAuthError(
    "TOKEN_NOT_FOUND",
    "The store has no token under this key: let the user sign in, and pass the new token to storedSession({ store, key, token }).",
    { provider },
  );
}

/** The lock was lost before the refresh token was sent. */
export function lockLost(provider: string): OAuthError {
  return new OAuthError(
    "STORE_LOCK_LOST",
    "The lock on this token was lost before it could be refreshed, so nothing was sent. Try again.",
    { provider, retryable: true },
  );
}

/** A session that gets its own tokens has none yet. */
export function noTokenYet(provider: string): OAuthError {
  return new OAuthError(
    "TOKEN_NOT_FOUND",
    "The session has no token yet: its first request gets one. To have it before, await session.refresh().",
    { provider },
  );
}

function said(error: unknown, tokens: readonly Token[]): string {
  const redactor = new Redactor(
    tokens.flatMap((token) => [token.accessToken, token.refreshToken, token.idToken]),
  );
  return redactor.line(error instanceof Error ? error.message : String(error));
}
