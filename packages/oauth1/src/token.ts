import { OAuthError } from "@grantkit/core";
import {
  isObject,
  must,
  optionProblems,
  type OptionRules,
  ownFields,
  ownOptions,
} from "@grantkit/core/requests";

/** The JSON of an {@link OAuth1Token}: the form in which it is stored. */
export interface OAuth1TokenRecord {
  /** `oauth_token`. */
  readonly key: string;
  /** `oauth_token_secret`. */
  readonly secret: string;
  /** `oauth_session_handle`, which refreshes the token. */
  readonly sessionHandle?: string;
  /** When the token expires, in ISO 8601. */
  readonly expiresAt?: string;
  /** The other parameters that the provider sent, for example `user_id`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A token with the provider's own names, as requests-oauthlib and others store it. */
export interface OAuth1WireToken {
  /** The token. */
  readonly oauth_token: string;
  /** Its secret. */
  readonly oauth_token_secret: string;
  /** The other parameters that the provider sent. */
  readonly [name: string]: unknown;
}

/**
 * A request token or an access token: a key and its secret (RFC 5849 §1.1 calls them temporary and token credentials).
 *
 * It is immutable. `JSON.stringify` writes all of it, for a database, and {@link OAuth1Token.from} reads it back.
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
  /** `oauth_session_handle`, which refreshes the token; undefined where the provider refreshes no tokens. */
  readonly sessionHandle: string | undefined;
  /** When the token expires; undefined where the provider did not say, which most often means never. */
  readonly expiresAt: Date | undefined;
  /** The other parameters that the provider sent, for example `user_id` and `screen_name`. */
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
   * Reads a token: what `JSON.stringify` wrote, another token, or one with the provider's names (`oauth_token`,
   * `oauth_token_secret`, …), as requests-oauthlib stores it.
   *
   * @param now - When `oauth_expires_in` was received, in milliseconds since the epoch; without it that is ignored.
   * @throws OAuthError with code `TOKEN_INVALID` that names the field.
   */
  static from(
    record: OAuth1TokenRecord | OAuth1Token | OAuth1WireToken,
    now?: number,
  ): OAuth1Token {
    if (!isObject(record)) {
      throw invalid("OAuth1Token.from() takes an object: parse the JSON first, and await promises");
    }
    const own = ownOptions(record);
    return new OAuth1Token(checked("oauth_token" in own ? fromWire(own, now) : own));
  }

  /** Whether the token is known to have expired. */
  isExpired(now: number = Date.now()): boolean {
    return this.expiresAt !== undefined && this.expiresAt.getTime() <= now;
  }

  /** The whole token, for a database: it holds the secret. */
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

// Not a method of the class: it is for Node, and not part of the public API.
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
  const fields = ownFields(record as Readonly<Record<string, unknown>>);
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

/** Whether a date can hold so many seconds; some providers send 0 for a token that does not expire. */
function isLifetime(seconds: number): boolean {
  return seconds > 0 && seconds < 1e10;
}

const mustBeText = must("be a text", (value) => typeof value === "string");

const RULES: OptionRules<OAuth1TokenRecord> = {
  key: (value) => {
    if (typeof value === "string" && value !== "") return [];
    const shapes =
      ": a token is { key, secret }, as JSON.stringify(token) writes it, or { oauth_token, oauth_token_secret }, as providers send it";
    return [`key must be a text that is not empty${value === undefined ? shapes : ""}`];
  },
  // RFC 5849 §3.4.2 allows an empty secret.
  secret: (value = null, name, fields) => mustBeText(value, name, fields),
  sessionHandle: mustBeText,
  expiresAt: must(
    "be a date in ISO 8601",
    (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  ),
  parameters: must(
    "be an object of texts",
    (value) => isObject(value) && Object.values(value).every((each) => typeof each === "string"),
  ),
};

function checked(record: OAuth1TokenRecord | OAuth1Token): OAuth1TokenRecord {
  const { key, secret, sessionHandle, expiresAt: end, parameters } = ownOptions(record);
  const expiresAt = end instanceof Date ? dateText(end) : end;
  const fields = { key, secret, sessionHandle, expiresAt, parameters };
  const [problem] = optionProblems(fields, RULES);
  if (problem !== undefined) throw invalid(problem);
  return fields as OAuth1TokenRecord;
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function invalid(problem: string): OAuthError {
  return new OAuthError("TOKEN_INVALID", `This is no OAuth 1.0a token: ${problem}.`);
}
