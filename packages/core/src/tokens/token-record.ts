import { OAuthError } from "../errors/oauth-error.ts";
import { encryptedFields } from "./encrypted-record.ts";
import { FieldReader, storedInstant, textList } from "./field-reader.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import type { ScopeChange } from "./scopes.ts";
import { anyTokenType, refreshTokenText, tokenText } from "./token-text.ts";

/** A token as plain JSON: what `JSON.stringify(token)` writes and `Token.from` reads. */
export interface TokenRecord {
  /** The access token. */
  readonly accessToken: string;
  /** How it is used: `bearer` or `dpop`; `n_a` for a token that is not an access token (RFC 8693 §2.2.1). */
  readonly tokenType?: string | undefined;
  /** When the token response arrived, in the same forms as `expiresAt`. */
  readonly issuedAt?: Date | string | number | null | undefined;
  /** When the access token expires: a date, its ISO 8601 form, or seconds (below 1e11) or milliseconds since the epoch. */
  readonly expiresAt?: Date | string | number | null | undefined;
  /** The refresh token. */
  readonly refreshToken?: string | null | undefined;
  /** When the refresh token expires, in the same forms as `expiresAt`. */
  readonly refreshTokenExpiresAt?: Date | string | number | null | undefined;
  /** The granted scopes. */
  readonly scope?: readonly string[] | undefined;
  /** The requested scopes. */
  readonly requestedScope?: readonly string[] | undefined;
  /** How the two differ. */
  readonly scopeChange?: ScopeChange | null | undefined;
  /** The ID token as it was sent. */
  readonly idToken?: string | null | undefined;
  /** The verified claims of the ID token. */
  readonly claims?: IdTokenClaims | null | undefined;
  /** Other fields of the token response. */
  readonly raw?: Readonly<Record<string, unknown>> | undefined;
  /** How to get such a token again without a refresh token. */
  readonly renewal?: TokenRenewal | null | undefined;
}

/** A grant that a session can repeat by itself when its token has expired, with the token's `requestedScope`. */
export interface TokenRenewal {
  /** The grant; it needs no user. */
  readonly grant: "client_credentials";
  /** The other parameters of the request: `resource`, `audience`, …. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/** The fields of a token that was read: times are milliseconds since the epoch, absent lists are empty. */
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

const ENCRYPTED =
  "This stored token is encrypted. Open its store with encrypted(store, { keys }) and the key that it was encrypted with.";

/**
 * Reads a {@link TokenRecord} from a store, where anything may have happened to it.
 *
 * @throws OAuthError with code `TOKEN_INVALID`, naming each field that cannot be read.
 */
export function readTokenRecord(record: unknown): TokenFields {
  if (encryptedFields(record)) throw new OAuthError("TOKEN_INVALID", ENCRYPTED);
  const misuse = misuseOf(record);
  if (misuse) throw notAToken([misuse]);
  const reader = new FieldReader(record as object);
  const accessToken = reader.read("accessToken", "a token", tokenText);
  const date = (field: string) => reader.read(field, "a date", storedInstant);
  const token = (field: string) => reader.read(field, "a token", tokenText);
  const list = (field: string) => reader.read(field, "a list of names", textList) ?? [];
  const fields = {
    tokenType: reader.read("tokenType", "bearer, dpop or n_a", anyTokenType) ?? "bearer",
    issuedAt: date("issuedAt"),
    expiresAt: date("expiresAt"),
    refreshToken: reader.read("refreshToken", "a refresh token", refreshTokenText),
    refreshTokenExpiresAt: date("refreshTokenExpiresAt"),
    scope: list("scope"),
    requestedScope: list("requestedScope"),
    scopeChange: reader.read("scopeChange", "a scope change", scopeChange),
    idToken: token("idToken"),
    claims: reader.read("claims", "an object", object) as IdTokenClaims | undefined,
    raw: reader.read("raw", "an object", object) ?? {},
    renewal: reader.read("renewal", "a renewal", renewal),
  };
  const problems = reader.sentences;
  if (accessToken === undefined && problems.length === 0) problems.push("accessToken is missing");
  if (problems.length > 0) throw notAToken(problems);
  return deepFreeze({ accessToken: accessToken as string, ...fields });
}

/** Builds the error for a record that is not a token (`TOKEN_INVALID`). */
export function notAToken(problems: readonly string[]): OAuthError {
  const message = `This is not a stored token: ${problems.join("; ")}. Store what JSON.stringify(token) writes, and parse it before Token.from().`;
  return new OAuthError("TOKEN_INVALID", message);
}

/** Recognizes what is often passed instead of a record. */
function misuseOf(record: unknown): string | undefined {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return "it is not an object";
  }
  return typeof (record as { then?: unknown }).then === "function"
    ? "it is a promise, which has to be awaited"
    : undefined;
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
    // Through JSON, which is how tokens are stored.
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
