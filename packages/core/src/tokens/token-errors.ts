import { OAuthError } from "../errors/oauth-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { wellFormed } from "../options/well-formed.ts";
import type { Token } from "./token.ts";

/** Thrown when the access token has expired and was not refreshed (`TOKEN_EXPIRED`); no request was sent. */
export class TokenExpiredError extends OAuthError {
  constructor(provider: string, reason: string) {
    super("TOKEN_EXPIRED", `The access token has expired: ${reason}`, { provider });
  }
}

/**
 * Thrown by a session with `refresh: "notify"` when the token was refreshed and the request was not sent
 * (`TOKEN_UPDATED`). Save {@link TokenUpdated.token} and call again.
 */
export class TokenUpdated extends OAuthError {
  // Private, so that nothing that prints the error prints the token.
  readonly #token: Token;

  constructor(provider: string, token: Token) {
    const message =
      "The token was refreshed and the request was not sent: save the token of this error, then call again.";
    super("TOKEN_UPDATED", message, { provider });
    this.#token = token;
  }

  /** The new token. */
  get token(): Token {
    return this.#token;
  }
}

/**
 * Thrown with `strictScope` when a provider granted another scope than the requested one (`SCOPE_CHANGED`). The token was
 * granted all the same: {@link ScopeChangedError.token} has it, and its `scopeChange` says how the scope differs.
 */
export class ScopeChangedError extends OAuthError {
  // Private, so that nothing that prints the error prints the token.
  readonly #token: Token;

  constructor(provider: string, token: Token) {
    const { missing = [], additional = [] } = token.scopeChange ?? {};
    const message = `${provider} granted another scope than the requested one${listed("missing", missing)}${listed("additional", additional)}. Request what the provider grants, or leave strictScope off and look at token.scopeChange.`;
    super("SCOPE_CHANGED", message, { provider });
    this.#token = token;
  }

  /** The token that was granted. */
  get token(): Token {
    return this.#token;
  }
}

/** What the errors of tokens say about a provider. */
export interface DescribedProvider {
  readonly name: string;
  /** How an app asks for a refresh token, as a sentence. */
  readonly refreshTokenAdvice?: string;
}

/** The error of a refresh of a token without a refresh token. */
export function refreshTokenMissing({ name, refreshTokenAdvice }: DescribedProvider): OAuthError {
  const advice =
    refreshTokenAdvice ?? "Ask for offline access if the provider gives refresh tokens only then.";
  const message = `The token has no refresh token, so ${name} cannot refresh it: let the user sign in again. ${advice}`;
  return new OAuthError("REFRESH_TOKEN_MISSING", message, { provider: name });
}

/** The error of a refresh of a token that had to be exchanged for a new one before it expired. */
export function tokenUnexchangeable(provider: string): TokenExpiredError {
  return new TokenExpiredError(
    provider,
    "it could be exchanged for a new one only before it expires. Let the user sign in again.",
  );
}

/**
 * Creates the error of a lock that was not free in time (`STORE_LOCK_TIMEOUT`); for stores.
 *
 * @param waitMs - How long the caller waited, in milliseconds.
 */
export function lockTimeout(waitMs: number): OAuthError {
  const message = `Another holder kept the lock on this token for more than ${waitMs} ms. Try again.`;
  return new OAuthError("STORE_LOCK_TIMEOUT", message, { retryable: true });
}

/** The longest part of a key that an error shows, in characters. */
const LONGEST_KEY = 60;

/**
 * Creates the error of a stored record that cannot be read, and that stays as it is (`RECORD_UNREADABLE`).
 *
 * @param key - The record's key.
 * @param problem - What is wrong; completes a sentence that begins with "The record".
 * @param advice - What to do, as sentences.
 */
export function recordUnreadable(key: string, problem: string, advice: string): OAuthError {
  const quoted = new Redactor([]).line(JSON.stringify(key));
  const isLong = quoted.length > LONGEST_KEY;
  const shown = isLong ? `${wellFormed(quoted.slice(0, LONGEST_KEY))}…` : quoted;
  const message = `The record of the key ${shown} ${problem}. It was left as it is. ${advice}`;
  return new OAuthError("RECORD_UNREADABLE", message);
}

// By the keys: a bundler that shortens class names leaves them as they are.
for (const [name, { prototype }] of Object.entries({
  TokenExpiredError,
  TokenUpdated,
  ScopeChangedError,
})) {
  Object.defineProperty(prototype, "name", { value: name });
}

function listed(word: string, names: readonly string[]): string {
  const text = names
    .slice(0, 20)
    .join(" ")
    .replace(/[^\x20-\x7e]/g, "?");
  return names.length === 0 ? "" : `; ${word}: ${text.slice(0, 300)}`;
}
