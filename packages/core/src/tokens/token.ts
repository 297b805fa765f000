import { OAuthError } from "../errors/oauth-error.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import {
  type ForeignRecordOptions,
  type ForeignTokenRecord,
  isForeignRecord,
  readForeignRecord,
} from "./foreign-record.ts";
import type { ScopeChange } from "./scopes.ts";
import {
  readTokenRecord,
  type TokenFields,
  type TokenReading,
  type TokenRecord,
  type TokenRenewal,
} from "./token-record.ts";

const BRAND: unique symbol = Symbol.for("@grantkit/core/Token") as never;

/**
 * What a provider granted: immutable, and safe to log.
 *
 * `JSON.stringify(token)` writes everything, secrets too: that is how a token is stored, and
 * {@link Token.from} reads it back without loss. `console.log(token)`, `util.inspect` and
 * `structuredClone` show no secret.
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
   * Reads a stored token back: ours, or one that requests-oauthlib, Authlib, simple-oauth2, Auth.js, openid-client or
   * arctic left behind, whose ID token nobody has verified yet: `claims` stays empty.
   *
   * @param record - What `JSON.stringify(token)` wrote, parsed; a record by the names of RFC 6749; or a token, which is
   * returned as it is.
   * @param options - When the answer arrived, for a record that says no more than `expires_in`.
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
    // One of another copy of the package: its fields are private to that copy.
    const plain = isToken(record) ? record.toJSON() : record;
    const read = isForeignRecord(plain) ? readForeign(plain, options) : readTokenRecord(plain);
    if (!read.ok) {
      throw new OAuthError(
        "TOKEN_INVALID",
        `This is not a stored token: ${read.problems.join("; ")}. Store what JSON.stringify(token) writes, and parse it before Token.from().`,
      );
    }
    return new Token(read.fields);
  }

  /** The access token. */
  get accessToken(): string {
    return this.#fields.accessToken;
  }

  /**
   * How to use it, in lower case: `bearer` or `dpop` (RFC 6749 §7.1); `n_a` for what a token exchange gave that is no
   * access token (RFC 8693 §2.2.1), with which there are no sessions.
   */
  get tokenType(): string {
    return this.#fields.tokenType;
  }

  /** When the provider's answer arrived; undefined for a token that was stored without it. */
  get issuedAt(): Date | undefined {
    return dateOf(this.#fields.issuedAt);
  }

  /** When the access token ends, fixed when the response arrived; undefined when the provider did not say. */
  get expiresAt(): Date | undefined {
    return dateOf(this.#fields.expiresAt);
  }

  /** The refresh token, when there is one. */
  get refreshToken(): string | undefined {
    return this.#fields.refreshToken;
  }

  /** When the refresh token ends, when the provider said so. */
  get refreshTokenExpiresAt(): Date | undefined {
    return dateOf(this.#fields.refreshTokenExpiresAt);
  }

  /** Scopes granted. An answer without a scope means "as requested"; an empty one means none (RFC 6749 §5.1). */
  get scope(): readonly string[] {
    return this.#fields.scope;
  }

  /** Scopes asked for. */
  get requestedScope(): readonly string[] {
    return this.#fields.requestedScope;
  }

  /** How the granted scope differs from the one asked for; undefined when it does not. */
  get scopeChange(): ScopeChange | undefined {
    return this.#fields.scopeChange;
  }

  /** The ID token as it was sent (OpenID Connect). */
  get idToken(): string | undefined {
    return this.#fields.idToken;
  }

  /** The ID token's claims; there only after its signature and claims were verified. */
  get claims(): IdTokenClaims | undefined {
    return this.#fields.claims;
  }

  /** What else the provider sent, by its own names. */
  get raw(): Readonly<Record<string, unknown>> {
    return this.#fields.raw;
  }

  /** How a session gets such a token again without a refresh token; undefined when only the user can give one. */
  get renewal(): TokenRenewal | undefined {
    return this.#fields.renewal;
  }

  /**
   * Whether the access token has ended; false when the provider did not say when it ends.
   *
   * @param leeway - Seconds before the end that already count as ended.
   * @param now - Milliseconds since the epoch.
   */
  isExpired(leeway = 0, now: number = Date.now()): boolean {
    const { expiresAt } = this.#fields;
    return expiresAt !== undefined && now >= expiresAt - leeway * 1000;
  }

  /** Everything, secrets too, as plain JSON: for storing, not for logging. */
  toJSON(): TokenRecord {
    const { issuedAt, expiresAt, refreshTokenExpiresAt, ...rest } = this.#fields;
    return {
      ...rest,
      issuedAt: dateOf(issuedAt)?.toISOString(),
      expiresAt: dateOf(expiresAt)?.toISOString(),
      refreshTokenExpiresAt: dateOf(refreshTokenExpiresAt)?.toISOString(),
    };
  }

  /** A line that shows no secret. */
  toString(): string {
    const { expiresAt } = this;
    const end = expiresAt ? ` until ${expiresAt.toISOString()}` : "";
    return `Token(${this.tokenType}${end}, scope: ${this.scope.join(" ") || "none"})`;
  }
}

Object.defineProperty(Token.prototype, BRAND, { value: true });

/** Whether a value is a token, also of another copy of the package. */
export function isToken(value: unknown): value is Token {
  return typeof value === "object" && value !== null && BRAND in value;
}

// What console.log shows in Node; a symbol of the registry, so nothing of Node's has to be imported.
Object.defineProperty(Token.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Token): string {
    return this.toString();
  },
});

function readForeign(record: ForeignTokenRecord, options: ForeignRecordOptions): TokenReading {
  const reading = readForeignRecord(record, options);
  return reading.ok ? readTokenRecord(reading.record) : reading;
}

function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
