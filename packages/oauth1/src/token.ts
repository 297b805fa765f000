import { OAuthError } from "@grantkit/core";

/** A token as it is stored: the JSON of an {@link OAuth1Token}. */
export interface OAuth1TokenRecord {
  /** `oauth_token`. */
  readonly key: string;
  /** `oauth_token_secret`. */
  readonly secret: string;
  /** `oauth_session_handle`, which renews the token. */
  readonly sessionHandle?: string;
  /** When the token ends, in ISO 8601. */
  readonly expiresAt?: string;
  /** What else the provider sent with it, for example `user_id`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A token as requests-oauthlib and others have it: the reply's own names. */
export interface OAuth1WireToken {
  /** The token. */
  readonly oauth_token: string;
  /** Its secret. */
  readonly oauth_token_secret: string;
  /** What else the provider sent with it. */
  readonly [name: string]: unknown;
}

/**
 * A request token, or an access token (RFC 5849 §1.1: temporary and token credentials): a key, and the secret that signs
 * for it.
 *
 * Immutable. `JSON.stringify` writes it whole, because that is how it is stored, and {@link OAuth1Token.from} reads it back;
 * `console.log` and `util.inspect` show neither key nor secret.
 *
 * @example
 * ```ts
 * import { OAuth1Session, OAuth1Token } from "@grantkit/oauth1";
 *
 * export function sessionOf(stored: string): OAuth1Session {
 *   return new OAuth1Session({
 *     clientKey: "my-app",
 *     clientSecret: process.env["CLIENT_SECRET"] ?? "",
 *     token: OAuth1Token.from(JSON.parse(stored)),
 *   });
 * }
 * ```
 */
export class OAuth1Token {
  /** `oauth_token`. */
  readonly key: string;
  /** `oauth_token_secret`. */
  readonly secret: string;
  /** `oauth_session_handle`, which renews the token where a provider has that. */
  readonly sessionHandle: string | undefined;
  /** When the token ends; undefined where the provider did not say, and mostly it does not end. */
  readonly expiresAt: Date | undefined;
  /** What else the provider sent with it, for example `user_id` and `screen_name`. */
  readonly parameters: Readonly<Record<string, string>>;

  private constructor({ key, secret, sessionHandle, expiresAt, parameters }: OAuth1TokenRecord) {
    this.key = key;
    this.secret = secret;
    this.sessionHandle = sessionHandle;
    this.expiresAt = expiresAt === undefined ? undefined : new Date(expiresAt);
    this.parameters = Object.freeze({ ...parameters });
    Object.freeze(this);
  }

  /**
   * Reads a token: what `JSON.stringify` wrote, another token, or a reply's own names (`oauth_token`,
   * `oauth_token_secret`, …), as requests-oauthlib stores them.
   *
   * @param now - Milliseconds since the epoch at which `oauth_expires_in` was said; the lifetime is not known without it.
   * @throws OAuthError with code `TOKEN_INVALID` that names the field.
   */
  static from(
    record: OAuth1TokenRecord | OAuth1Token | OAuth1WireToken,
    now?: number,
  ): OAuth1Token {
    if (typeof record !== "object" || record === null) {
      throw invalid("OAuth1Token.from() takes an object: parse the JSON first, and await promises");
    }
    return new OAuth1Token(checked("oauth_token" in record ? fromWire(record, now) : record));
  }

  /** Whether it has ended, as far as is known. */
  isExpired(now: number = Date.now()): boolean {
    return this.expiresAt !== undefined && this.expiresAt.getTime() <= now;
  }

  /** The token whole, secret and all: this is how it is stored. */
  toJSON(): OAuth1TokenRecord {
    const { key, secret, sessionHandle, expiresAt, parameters } = this;
    return {
      key,
      secret,
      ...(sessionHandle !== undefined && { sessionHandle }),
      ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
      parameters,
    };
  }
}

// Not a method: it is Node's matter, and no part of the public face.
Object.defineProperty(OAuth1Token.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: OAuth1Token): string {
    const names = Object.keys(this.parameters).join(", ");
    const end = this.expiresAt ? `, expiresAt: ${this.expiresAt.toISOString()}` : "";
    return `OAuth1Token { key: [redacted], secret: [redacted]${end}, parameters: ${names || "none"} }`;
  },
});

const WIRE = new Set([
  "oauth_token",
  "oauth_token_secret",
  "oauth_session_handle",
  "oauth_expires_in",
  "oauth_callback_confirmed",
]);

function fromWire(record: object, now: number | undefined): OAuth1TokenRecord {
  const fields = record as Readonly<Record<string, unknown>>;
  const handle = fields["oauth_session_handle"];
  const seconds = Number(fields["oauth_expires_in"]);
  const ends = now !== undefined && fields["oauth_expires_in"] !== undefined && isLifetime(seconds);
  return {
    key: fields["oauth_token"] as string,
    secret: fields["oauth_token_secret"] as string,
    ...(typeof handle === "string" && handle !== "" && { sessionHandle: handle }),
    ...(ends && { expiresAt: new Date(now + seconds * 1000).toISOString() }),
    parameters: Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => !WIRE.has(name))
        .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
        .map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** Seconds that a date can hold; some providers say 0 for a token that does not end. */
function isLifetime(seconds: number): boolean {
  return seconds > 0 && seconds < 1e10;
}

function checked(record: OAuth1TokenRecord | OAuth1Token): OAuth1TokenRecord {
  const { key, secret, sessionHandle, parameters } = record;
  const expiresAt =
    record.expiresAt instanceof Date ? dateText(record.expiresAt) : record.expiresAt;
  const problem = problemOf({ key, secret, sessionHandle, expiresAt, parameters });
  if (problem !== undefined) throw invalid(problem);
  return {
    key,
    secret,
    ...(sessionHandle !== undefined && { sessionHandle }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(parameters !== undefined && { parameters }),
  };
}

const SHAPES =
  "key must be a text that is not empty: a token is { key, secret }, as JSON.stringify(token) writes it, or { oauth_token, oauth_token_secret }, as providers send it";

function problemOf(fields: Readonly<Record<keyof OAuth1TokenRecord, unknown>>): string | undefined {
  const { key, secret, sessionHandle, expiresAt, parameters } = fields;
  if (key === undefined) return SHAPES;
  if (typeof key !== "string" || key === "") return "key must be a text that is not empty";
  // RFC 5849 §3.4.2 allows an empty secret.
  if (typeof secret !== "string") return "secret must be a text";
  if (sessionHandle !== undefined && typeof sessionHandle !== "string") {
    return "sessionHandle must be a text";
  }
  if (expiresAt !== undefined && !isDate(expiresAt)) {
    return "expiresAt must be a date in ISO 8601";
  }
  return isTexts(parameters ?? {}) ? undefined : "parameters must be an object of texts";
}

function isDate(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((each) => typeof each === "string")
  );
}

function invalid(problem: string): OAuthError {
  return new OAuthError("TOKEN_INVALID", `This is no OAuth 1.0a token: ${problem}.`);
}
