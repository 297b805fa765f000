import type { IdTokenClaims } from "./id-token-claims.ts";
import type { ScopeChange } from "./scopes.ts";
import { anyTokenType, tokenText } from "./token-text.ts";

/** A token as plain JSON: what `JSON.stringify(token)` writes and `Token.from` reads. */
export interface TokenRecord {
  /** The access token. */
  readonly accessToken: string;
  /** How to use it: `bearer` or `dpop`; `n_a` for what a token exchange gave that is no access token. */
  readonly tokenType?: string | undefined;
  /** When the provider's answer arrived, in the same forms as `expiresAt`. */
  readonly issuedAt?: Date | string | number | null | undefined;
  /** When the access token ends: a date, its ISO 8601 form, or milliseconds since the epoch. */
  readonly expiresAt?: Date | string | number | null | undefined;
  /** The refresh token. */
  readonly refreshToken?: string | null | undefined;
  /** When the refresh token ends: a date, its ISO 8601 form, or milliseconds since the epoch. */
  readonly refreshTokenExpiresAt?: Date | string | number | null | undefined;
  /** Scopes granted. */
  readonly scope?: readonly string[] | undefined;
  /** Scopes asked for. */
  readonly requestedScope?: readonly string[] | undefined;
  /** How the two differ. */
  readonly scopeChange?: ScopeChange | null | undefined;
  /** The ID token as it was sent. */
  readonly idToken?: string | null | undefined;
  /** The ID token's verified claims. */
  readonly claims?: IdTokenClaims | null | undefined;
  /** What else the provider sent. */
  readonly raw?: Readonly<Record<string, unknown>> | undefined;
  /** How to get such a token again without a refresh token. */
  readonly renewal?: TokenRenewal | null | undefined;
}

/** A grant that a session can ask for again by itself when its token has ended, with the token's `requestedScope`. */
export interface TokenRenewal {
  /** The grant: no user is needed for it. */
  readonly grant: "client_credentials";
  /** What was asked for beside the scope: `resource`, `audience`, …. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/** The fields of a token after reading: dates are milliseconds, lists are there. */
export interface TokenFields {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly refreshToken: string | undefined;
  readonly refreshTokenExpiresAt: number | undefined;
  readonly scope: readonly string[];
  readonly requestedScope: readonly string[];
  readonly scopeChange: ScopeChange | undefined;
  readonly idToken: string | undefined;
  readonly claims: IdTokenClaims | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly renewal: TokenRenewal | undefined;
}

/** What reading a stored token came to. */
export type TokenReading =
  | { readonly ok: true; readonly fields: TokenFields }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a {@link TokenRecord} that came out of a store, where anything may have happened to it. */
export function readTokenRecord(record: unknown): TokenReading {
  const misuse = misuseOf(record);
  if (misuse) return { ok: false, problems: [misuse] };
  const source = record as Record<string, unknown>;
  const problems: string[] = [];
  const take = <T>(
    name: string,
    kind: string,
    read: (value: unknown) => T | undefined,
  ): T | undefined => {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (value === undefined || value === null) return undefined;
    const result = read(value);
    if (result === undefined) problems.push(`${name} is not ${kind}`);
    return result;
  };

  const accessToken = take("accessToken", "a token", tokenText);
  if (accessToken === undefined && problems.length === 0) problems.push("accessToken is missing");
  const fields = {
    tokenType: take("tokenType", "bearer, dpop or n_a", anyTokenType) ?? "bearer",
    issuedAt: take("issuedAt", "a date", milliseconds),
    expiresAt: take("expiresAt", "a date", milliseconds),
    refreshToken: take("refreshToken", "a token", tokenText),
    refreshTokenExpiresAt: take("refreshTokenExpiresAt", "a date", milliseconds),
    scope: take("scope", "a list of names", names) ?? [],
    requestedScope: take("requestedScope", "a list of names", names) ?? [],
    scopeChange: take("scopeChange", "a scope change", scopeChange),
    idToken: take("idToken", "a token", tokenText),
    claims: take("claims", "an object", object) as IdTokenClaims | undefined,
    raw: take("raw", "an object", object) ?? {},
    renewal: take("renewal", "a renewal", renewal),
  };
  if (accessToken === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, fields: deepFreeze({ accessToken, ...fields }) };
}

/** What a record often is that is none. */
function misuseOf(record: unknown): string | undefined {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return "it is not an object";
  }
  return typeof (record as { then?: unknown }).then === "function"
    ? "it is a promise, which has to be awaited"
    : undefined;
}

function milliseconds(value: unknown): number | undefined {
  const time =
    typeof value === "string" || value instanceof Date ? new Date(value).getTime() : value;
  return typeof time === "number" && Math.abs(time) <= 8.64e15 ? time : undefined;
}

function names(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((name) => typeof name === "string")
    ? [...value]
    : undefined;
}

function scopeChange(value: unknown): ScopeChange | undefined {
  const change = object(value);
  const missing = names(change?.["missing"]);
  const additional = names(change?.["additional"]);
  return missing && additional ? { missing, additional } : undefined;
}

function renewal(value: unknown): TokenRenewal | undefined {
  const { grant, parameters = {} } = object(value) ?? {};
  const sound =
    grant === "client_credentials" &&
    object(parameters) !== undefined &&
    Object.values(parameters as object).every((field) => typeof field === "string" || names(field));
  return sound
    ? { grant, parameters: parameters as TokenRenewal["parameters"] & object }
    : undefined;
}

function object(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  try {
    // Through JSON, which is how tokens are stored: what it cannot hold is no part of one.
    return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
