import { type BadField, FieldReader, isEmpty, lifetime, textList } from "./field-reader.ts";
import { compareScopes, parseScope } from "./scopes.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import type { TokenRecord } from "./token-record.ts";
import { accessTokenType, anyTokenType, tokenText, type TokenType } from "./token-text.ts";

/** The fields of a token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export interface TokenResponseFields {
  readonly accessToken: string;
  /** `n_a` for a token that is not an access token (RFC 8693 §2.2.1). */
  readonly tokenType: TokenType;
  /** Seconds, whole. */
  readonly expiresIn: number | undefined;
  readonly refreshToken: string | undefined;
  /** Seconds, whole. */
  readonly refreshTokenExpiresIn: number | undefined;
  /** Undefined when it was not sent, which means "as requested". */
  readonly scope: readonly string[] | undefined;
  readonly idToken: string | undefined;
  /** All other fields. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The names of those fields. */
export const RESPONSE_FIELDS: ReadonlySet<string> = new Set([
  "access_token",
  "token_type",
  "expires_in",
  "refresh_token",
  "refresh_token_expires_in",
  "scope",
  "id_token",
]);

/** How a token response is read. */
export interface TokenResponseOptions {
  readonly scopeDelimiter: string;
  /** Whether the token may be another kind than an access token, with the token type `N_A` (RFC 8693 §2.2.1). */
  readonly notAccessToken?: boolean | undefined;
  /** Whether the token must be bound to the client's key (DPoP). */
  readonly isBound: boolean;
}

/**
 * Reads the parsed body of a token response (RFC 6749 §5.1) strictly, where openid-client is lenient.
 *
 * @returns The fields, or the first one that cannot be used.
 */
export function readTokenResponse(
  body: Readonly<Record<string, unknown>>,
  { scopeDelimiter, notAccessToken = false, isBound }: TokenResponseOptions,
): TokenResponseFields | BadField {
  const reader = new FieldReader(body, isEmpty);
  const token = (field: string, kind = "a string of visible ASCII characters") =>
    reader.read(field, kind, tokenText);
  const seconds = (field: string) => reader.read(field, "a number of seconds", lifetime);
  const type = notAccessToken ? anyTokenType : accessTokenType;
  const accessToken = token("access_token");
  const fields = {
    tokenType: reader.read("token_type", "Bearer or DPoP", type) ?? "bearer",
    expiresIn: seconds("expires_in"),
    refreshToken: token("refresh_token"),
    refreshTokenExpiresIn: seconds("refresh_token_expires_in"),
    scope: reader.read("scope", "a list of names", (value) => scopeOf(value, scopeDelimiter)),
    idToken: token("id_token", "a JWT"),
  } as const;
  const [bad] = reader.problems;
  if (bad) return bad;
  if (accessToken === undefined) return { field: "access_token", reason: "is missing" };
  const raw = Object.fromEntries(
    Object.entries(body).filter(([name]) => !RESPONSE_FIELDS.has(name)),
  );
  return wrongBinding(fields.tokenType, isBound) ?? { accessToken, ...fields, raw };
}

/** Converts a token response to a token record: expiry as points in time, the scope compared with the requested one. */
export function tokenFromResponse(
  fields: TokenResponseFields,
  context: {
    /** When the response arrived, in milliseconds since the epoch. */
    readonly now: number;
    /** Undefined when the scope was left to the provider. */
    readonly requestedScope: readonly string[] | undefined;
    readonly scopeAliases: Readonly<Record<string, string>> | undefined;
    readonly claims: IdTokenClaims | undefined;
  },
): TokenRecord {
  const { now, requestedScope, scopeAliases, claims } = context;
  const { expiresIn, refreshTokenExpiresIn, ...rest } = fields;
  const scope = fields.scope ?? requestedScope ?? [];
  const after = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : now + seconds * 1000;
  return {
    ...rest,
    issuedAt: now,
    expiresAt: after(expiresIn),
    refreshTokenExpiresAt: after(refreshTokenExpiresIn),
    scope,
    requestedScope: requestedScope ?? [],
    scopeChange: requestedScope && compareScopes(requestedScope, scope, scopeAliases),
    claims,
  };
}

/** Finds a wrong token type: with DPoP every token is bound to the key, without DPoP none is (RFC 9449 §5). */
function wrongBinding(type: TokenType, isBound: boolean): BadField | undefined {
  if (type === "n_a" || (type === "dpop") === isBound) return undefined;
  const reason = isBound
    ? "is not DPoP, though the client proves its key"
    : "is DPoP, and the client has no dpop option";
  return { field: "token_type", reason };
}

function scopeOf(value: unknown, delimiter: string): string[] | undefined {
  if (typeof value === "string") return parseScope(value, delimiter);
  const names = textList(value);
  return names && parseScope(names.join(" "));
}
