import { compareScopes, parseScope } from "./scopes.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import type { TokenRecord } from "./token-record.ts";
import { accessTokenType, anyTokenType, tokenText, type TokenType } from "./token-text.ts";

/** The fields of a token response that a specification names (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export interface TokenResponseFields {
  readonly accessToken: string;
  /** `n_a`: it is no access token (RFC 8693 §2.2.1). */
  readonly tokenType: TokenType;
  /** Seconds, whole. */
  readonly expiresIn: number | undefined;
  readonly refreshToken: string | undefined;
  /** Seconds, whole. */
  readonly refreshTokenExpiresIn: number | undefined;
  /** Undefined: not sent, which means "as requested". */
  readonly scope: readonly string[] | undefined;
  readonly idToken: string | undefined;
  /** All other fields. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A field of a token response that cannot be used. */
export interface BadField {
  readonly field: string;
  readonly reason: string;
}

/** Ten years: a lifetime beyond this is a mistake of the server's, and dates stay in range. */
const LONGEST_LIFETIME = 315_576_000;

const NAMED = new Set([
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
  /** Whether what was asked for may be no access token, which is told by the token type `N_A` (RFC 8693 §2.2.1). */
  readonly notAccessToken?: boolean | undefined;
}

/** Reads the parsed body of a successful token response strictly, where openid-client is lenient. */
export function readTokenResponse(
  body: Readonly<Record<string, unknown>>,
  { scopeDelimiter, notAccessToken = false }: TokenResponseOptions,
): TokenResponseFields | BadField {
  let bad: BadField | undefined;
  const read = <T>(field: string, reader: (value: unknown) => T | undefined, reason: string) => {
    const value = Object.hasOwn(body, field) ? body[field] : undefined;
    // Some servers send null or "" for "none".
    if (value === undefined || value === null || (value === "" && field !== "scope")) {
      return undefined;
    }
    const result = reader(value);
    if (result === undefined) bad ??= { field, reason };
    return result;
  };
  const accessToken = read(
    "access_token",
    tokenText,
    "is not a string of visible ASCII characters",
  );
  const fields = {
    tokenType:
      read(
        "token_type",
        notAccessToken ? anyTokenType : accessTokenType,
        "is neither Bearer nor DPoP",
      ) ?? "bearer",
    expiresIn: read("expires_in", seconds, "is not a number of seconds"),
    refreshToken: read("refresh_token", tokenText, "is not a string of visible ASCII characters"),
    refreshTokenExpiresIn: read("refresh_token_expires_in", seconds, "is not a number of seconds"),
    scope: read("scope", (value) => scopeOf(value, scopeDelimiter), "is not a list of names"),
    idToken: read("id_token", tokenText, "is not a JWT"),
  } as const;
  if (bad) return bad;
  if (accessToken === undefined) return { field: "access_token", reason: "is missing" };
  const raw = Object.fromEntries(Object.entries(body).filter(([name]) => !NAMED.has(name)));
  return { accessToken, ...fields, raw };
}

/** A token response as a token: absolute expiry, the scope as a set, its difference from what was asked for. */
export function tokenFromResponse(
  fields: TokenResponseFields,
  context: {
    /** When the response arrived, in milliseconds since the epoch. */
    readonly now: number;
    /** Undefined: the scope was left to the provider, and is as good as asked for. */
    readonly requestedScope: readonly string[] | undefined;
    readonly scopeAliases: Readonly<Record<string, string>> | undefined;
    readonly claims: IdTokenClaims | undefined;
  },
): TokenRecord {
  const { now, requestedScope, scopeAliases } = context;
  const scope = fields.scope ?? requestedScope ?? [];
  const at = (lifetime: number | undefined): number | undefined =>
    lifetime === undefined ? undefined : now + lifetime * 1000;
  return {
    accessToken: fields.accessToken,
    tokenType: fields.tokenType,
    issuedAt: now,
    expiresAt: at(fields.expiresIn),
    refreshToken: fields.refreshToken,
    refreshTokenExpiresAt: at(fields.refreshTokenExpiresIn),
    scope,
    requestedScope: requestedScope ?? [],
    scopeChange: requestedScope && compareScopes(requestedScope, scope, scopeAliases),
    idToken: fields.idToken,
    claims: context.claims,
    raw: fields.raw,
  };
}

/**
 * What is wrong with the kind of a token: another one than was asked for would be a token that works without the key,
 * or one that this client cannot prove (RFC 9449 §5).
 */
export function wrongBinding(
  { tokenType: kind }: TokenResponseFields,
  hasKey: boolean,
): BadField | undefined {
  if (kind === "n_a" || (kind === "dpop") === hasKey) return undefined;
  const reason = hasKey
    ? "is not DPoP, though the client proves its key"
    : "is DPoP, and the client has no dpop option";
  return { field: "token_type", reason };
}

function seconds(value: unknown): number | undefined {
  const number =
    typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : (value as number);
  if (typeof number !== "number" || Number.isNaN(number) || number < 0) return undefined;
  return Math.min(Math.floor(number), LONGEST_LIFETIME);
}

function scopeOf(value: unknown, delimiter: string): string[] | undefined {
  if (typeof value === "string") return parseScope(value, delimiter);
  return Array.isArray(value) && value.every((name) => typeof name === "string")
    ? parseScope(value.join(" "))
    : undefined;
}
