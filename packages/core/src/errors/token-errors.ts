import type { Token } from "../tokens/token.ts";
import { OAuthError } from "./oauth-error.ts";

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
