import type { Token } from "./token.ts";
import { OAuthError } from "../errors/oauth-error.ts";

/** The access token has expired and was not refreshed (`TOKEN_EXPIRED`); no request was sent. */
export class TokenExpiredError extends OAuthError {
  constructor(provider: string, reason: string) {
    super("TOKEN_EXPIRED", `The access token has expired: ${reason}`, { provider });
  }
}

Object.defineProperty(TokenExpiredError.prototype, "name", { value: "TokenExpiredError" });

/**
 * Thrown by a session in the refresh style `"notify"`: the token was refreshed and the request was not
 * sent (`TOKEN_UPDATED`). Save {@link TokenUpdated.token} and call again.
 */
export class TokenUpdated extends OAuthError {
  // Private, so that nothing that prints the error prints the token.
  readonly #token: Token;

  constructor(provider: string, token: Token) {
    super(
      "TOKEN_UPDATED",
      "The token was refreshed and the request was not sent: save the token that this error carries, then call again.",
      { provider },
    );
    this.#token = token;
  }

  /** The token that replaces the one that expired. */
  get token(): Token {
    return this.#token;
  }
}

Object.defineProperty(TokenUpdated.prototype, "name", { value: "TokenUpdated" });

/**
 * Thrown where `strictScope` is on and a provider granted another scope than was asked for (`SCOPE_CHANGED`). The
 * token is there all the same: {@link ScopeChangedError.token} has it, and its `scopeChange` says how it differs.
 */
export class ScopeChangedError extends OAuthError {
  // Private, so that nothing that prints the error prints the token.
  readonly #token: Token;

  constructor(provider: string, token: Token) {
    const { missing = [], additional = [] } = token.scopeChange ?? {};
    super(
      "SCOPE_CHANGED",
      `${provider} granted another scope than was asked for${listed("missing", missing)}${listed("additional", additional)}. Ask for what the provider grants, or leave strictScope off and look at token.scopeChange.`,
      { provider },
    );
    this.#token = token;
  }

  /** The token that was granted. */
  get token(): Token {
    return this.#token;
  }
}

Object.defineProperty(ScopeChangedError.prototype, "name", { value: "ScopeChangedError" });

function listed(word: string, names: readonly string[]): string {
  return names.length === 0
    ? ""
    : `; ${word}: ${names
        .slice(0, 20)
        .join(" ")
        .replace(/[^\x20-\x7e]/g, "?")
        .slice(0, 300)}`;
}
