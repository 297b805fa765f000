import { ownOptions } from "../options/own-fields.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import {
  type ForeignRecordOptions,
  type ForeignTokenRecord,
  isForeignRecord,
  readForeignRecord,
} from "./foreign-record.ts";
import { dateAt } from "./field-reader.ts";
import type { ScopeChange } from "./scopes.ts";
import {
  readTokenRecord,
  type TokenFields,
  type TokenRecord,
  type TokenRenewal,
} from "./token-record.ts";

const BRAND: unique symbol = Symbol.for("@grantkit/core/Token") as never;

/**
 * A token that a provider granted: immutable, and safe to log.
 *
 * `JSON.stringify(token)` writes everything, secrets too: store a token that way, and read it back with
 * {@link Token.from}. `console.log(token)`, `util.inspect` and `structuredClone` show no secret.
 *
 * @example
 * ```ts
 * import { Token } from "@grantkit/core";
 *
 * export const save = (token: Token): string => JSON.stringify(token);
 * export const load = (row: string): Token => Token.from(JSON.parse(row));
 * ```
 */
export class Token {
  // Private: what has no property cannot be printed, spread or cloned by accident.
  readonly #fields: TokenFields;

  /** Use {@link Token.from}; tokens otherwise come from a client. */
  private constructor(fields: TokenFields) {
    this.#fields = fields;
  }

  /**
   * Reads a stored token: one of Grantkit's, or one that requests-oauthlib, Authlib, simple-oauth2, Auth.js, openid-client
   * or arctic stored. Their ID tokens were not verified here, so `claims` is undefined.
   *
   * @param record - What `JSON.stringify(token)` wrote, parsed; an object with the field names of RFC 6749
   * (`access_token`, …); or a `Token`, which is returned unchanged.
   * @param options - When the token response arrived, for a record that has only `expires_in`.
   * @throws OAuthError with code `TOKEN_INVALID`, naming each field that cannot be read.
   *
   * @example
   * ```ts
   * import { Token } from "@grantkit/core";
   *
   * // A row of Auth.js's accounts: expires_at in seconds.
   * export const token = Token.from({
   *   access_token: "the-access-token",
   *   refresh_token: "the-refresh-token",
   *   expires_at: 1_795_000_000,
   *   scope: "openid email",
   * });
   * ```
   */
  static from(
    record: Token | TokenRecord | ForeignTokenRecord,
    options: ForeignRecordOptions = {},
  ): Token {
    if (record instanceof Token) return record;
    // The fields of another copy of the package are private to that copy.
    const plain = isToken(record) ? record.toJSON() : record;
    const own = isForeignRecord(plain) ? readForeignRecord(plain, ownOptions(options)) : plain;
    return new Token(readTokenRecord(own));
  }

  /** The access token. */
  get accessToken(): string {
    return this.#fields.accessToken;
  }

  /**
   * How the token is used, in lower case: `bearer` or `dpop` (RFC 6749 §7.1); `n_a` for a token that is not an access
   * token (RFC 8693 §2.2.1) and cannot be used in a session.
   */
  get tokenType(): string {
    return this.#fields.tokenType;
  }

  /** When the token response arrived; undefined for a token that was stored without it. */
  get issuedAt(): Date | undefined {
    return dateAt(this.#fields.issuedAt);
  }

  /** When the access token expires; undefined when the provider did not say. */
  get expiresAt(): Date | undefined {
    return dateAt(this.#fields.expiresAt);
  }

  /** The refresh token, when there is one. */
  get refreshToken(): string | undefined {
    return this.#fields.refreshToken;
  }

  /** When the refresh token expires; undefined when the provider did not say. */
  get refreshTokenExpiresAt(): Date | undefined {
    return dateAt(this.#fields.refreshTokenExpiresAt);
  }

  /** The granted scopes: the requested ones when the response had no scope (RFC 6749 §5.1). */
  get scope(): readonly string[] {
    return this.#fields.scope;
  }

  /** The requested scopes. */
  get requestedScope(): readonly string[] {
    return this.#fields.requestedScope;
  }

  /** How the granted scope differs from the requested one; undefined when it does not. */
  get scopeChange(): ScopeChange | undefined {
    return this.#fields.scopeChange;
  }

  /** The ID token as it was sent (OpenID Connect). */
  get idToken(): string | undefined {
    return this.#fields.idToken;
  }

  /** The claims of the ID token; present only when they were verified. */
  get claims(): IdTokenClaims | undefined {
    return this.#fields.claims;
  }

  /** Other fields of the token response, by the provider's own names. */
  get raw(): Readonly<Record<string, unknown>> {
    return this.#fields.raw;
  }

  /** The grant that a session repeats when there is no refresh token; undefined if a new token needs the user. */
  get renewal(): TokenRenewal | undefined {
    return this.#fields.renewal;
  }

  /**
   * Whether the access token has expired; false when the expiry is unknown.
   *
   * @param leeway - Seconds before the expiry that already count as expired.
   * @param now - The time in milliseconds since the epoch.
   */
  isExpired(leeway = 0, now: number = Date.now()): boolean {
    const { expiresAt } = this.#fields;
    return expiresAt !== undefined && now >= expiresAt - leeway * 1000;
  }

  /** Gives everything, secrets too, as plain JSON: for storing, not for logging. */
  toJSON(): TokenRecord {
    const { issuedAt, expiresAt, refreshTokenExpiresAt, ...rest } = this.#fields;
    return {
      ...rest,
      issuedAt: dateAt(issuedAt)?.toISOString(),
      expiresAt: dateAt(expiresAt)?.toISOString(),
      refreshTokenExpiresAt: dateAt(refreshTokenExpiresAt)?.toISOString(),
    };
  }

  /** Describes the token without a secret. */
  toString(): string {
    const { expiresAt } = this;
    const end = expiresAt ? ` until ${expiresAt.toISOString()}` : "";
    return `Token(${this.tokenType}${end}, scope: ${this.scope.join(" ") || "none"})`;
  }
}

Object.defineProperty(Token.prototype, BRAND, { value: true });

/** Whether a value is a token, of this or another copy of the package. */
export function isToken(value: unknown): value is Token {
  return typeof value === "object" && value !== null && BRAND in value;
}

// What console.log shows in Node; the symbol is a registered one, so that nothing of Node's is imported.
Object.defineProperty(Token.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Token): string {
    return this.toString();
  },
});
