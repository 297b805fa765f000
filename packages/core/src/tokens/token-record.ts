import { FieldReader, instant, textList } from "./field-reader.ts";
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

/** The fields of a token after reading: dates are milliseconds since the epoch, lists are there. */
export type TokenFields = { readonly accessToken: string } & Readonly<
  ReturnType<typeof readFields>
>;

/** What reading a stored token came to. */
export type TokenReading =
  | { readonly ok: true; readonly fields: TokenFields }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a {@link TokenRecord} that came out of a store, where anything may have happened to it. */
export function readTokenRecord(record: unknown): TokenReading {
  const misuse = misuseOf(record);
  if (misuse) return { ok: false, problems: [misuse] };
  const reader = new FieldReader(record as object);
  const accessToken = reader.read("accessToken", "a token", tokenText);
  const problems =
    accessToken === undefined && reader.problems.length === 0 ? ["accessToken is missing"] : [];
  const fields = readFields(reader);
  problems.push(...reader.sentences);
  return accessToken === undefined || problems.length > 0
    ? { ok: false, problems }
    : { ok: true, fields: deepFreeze({ accessToken, ...fields }) };
}

function readFields(reader: FieldReader) {
  const date = (field: string) => reader.read(field, "a date", milliseconds);
  const token = (field: string) => reader.read(field, "a token", tokenText);
  const list = (field: string) => reader.read(field, "a list of names", textList) ?? [];
  return {
    tokenType: reader.read("tokenType", "bearer, dpop or n_a", anyTokenType) ?? "bearer",
    issuedAt: date("issuedAt"),
    expiresAt: date("expiresAt"),
    refreshToken: token("refreshToken"),
    refreshTokenExpiresAt: date("refreshTokenExpiresAt"),
    scope: list("scope"),
    requestedScope: list("requestedScope"),
    scopeChange: reader.read("scopeChange", "a scope change", scopeChange),
    idToken: token("idToken"),
    claims: reader.read("claims", "an object", object) as IdTokenClaims | undefined,
    raw: reader.read("raw", "an object", object) ?? {},
    renewal: reader.read("renewal", "a renewal", renewal),
  };
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
  return instant(typeof value === "string" ? new Date(value) : value);
}

function scopeChange(value: unknown): ScopeChange | undefined {
  const change = object(value);
  const missing = textList(change?.["missing"]);
  const additional = textList(change?.["additional"]);
  return missing && additional ? { missing, additional } : undefined;
}

function renewal(value: unknown): TokenRenewal | undefined {
  const { grant, parameters = {} } = object(value) ?? {};
  const sound =
    grant === "client_credentials" &&
    object(parameters) !== undefined &&
    Object.values(parameters as object).every(
      (field) => typeof field === "string" || textList(field),
    );
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
