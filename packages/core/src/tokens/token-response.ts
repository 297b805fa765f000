import { readSeconds } from "../options/read-fields.ts";
import { type BadField, dateAt, FieldReader, isEmpty, textList } from "./field-reader.ts";
import { compareScopes, parseScope } from "./scopes.ts";
import type { IdTokenClaims } from "./id-token-claims.ts";
import type { TokenRecord } from "./token-record.ts";
import {
  accessTokenType,
  anyTokenType,
  isOtherTokenType,
  refreshTokenText,
  tokenText,
  type TokenType,
} from "./token-text.ts";

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
  /** Optional fields that cannot be used: they count as missing. */
  readonly ignored: readonly BadField[];
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
  /** Whether it is a refresh: what cannot be used is then as before, or a rotated refresh token would be lost for it. */
  readonly isRefresh?: boolean;
}

/** A lifetime is a hint (RFC 6749 §5.1): the API says when a token has expired. */
const HINTS: readonly string[] = ["expires_in", "refresh_token_expires_in", "refresh_expires_in"];
/** The fields whose value may be shown in a message. */
const SHOWN: readonly string[] = [...HINTS, "token_type", "scope"];

/**
 * Reads the parsed body of a token response (RFC 6749 §5.1) strictly, where openid-client is lenient. A lifetime that
 * cannot be used is ignored, and in the answer to a refresh every optional field.
 *
 * @returns The fields, or the first one that cannot be used.
 */
export function readTokenResponse(
  body: Readonly<Record<string, unknown>>,
  { scopeDelimiter, notAccessToken = false, isBound, isRefresh = false }: TokenResponseOptions,
): TokenResponseFields | BadField {
  const reader = new FieldReader(body, isEmpty);
  const token = (field: string, kind = "a string of visible ASCII characters") =>
    reader.read(field, kind, tokenText);
  const seconds = (field: string) => reader.read(field, "a number of seconds", readSeconds);
  const type = notAccessToken ? anyTokenType : accessTokenType;
  const accessToken = token("access_token");
  const fields = {
    tokenType: reader.read("token_type", "Bearer or DPoP", type),
    expiresIn: seconds("expires_in"),
    refreshToken: reader.read("refresh_token", "a string of ASCII characters", refreshTokenText),
    refreshTokenExpiresIn:
      seconds("refresh_token_expires_in") ?? (seconds("refresh_expires_in") || undefined),
    scope: reader.read("scope", "a list of names", (value) => scopeOf(value, scopeDelimiter)),
    idToken: token("id_token", "a JWT"),
  } as const;
  const problems = reader.problems.map((problem) => showingValue(problem, body));
  const isEssential = ({ field }: BadField) =>
    field === "access_token" || (field === "token_type" && isOtherTokenType(body[field]));
  const isOptional = (problem: BadField) =>
    HINTS.includes(problem.field) || (isRefresh && !isEssential(problem));
  const bad = problems.find((problem) => !isOptional(problem));
  if (bad) return bad;
  if (accessToken === undefined) return { field: "access_token", reason: "is missing" };
  const raw = Object.fromEntries(
    Object.entries(body).filter(([name]) => !RESPONSE_FIELDS.has(name)),
  );
  // Missing means Bearer; one that cannot be read, at a refresh, is what this client's tokens are.
  const isUnread = problems.some(({ field }) => field === "token_type");
  const tokenType = fields.tokenType ?? (isUnread && isBound ? "dpop" : "bearer");
  return (
    wrongBinding(tokenType, isBound) ?? {
      accessToken,
      ...fields,
      tokenType,
      raw,
      ignored: problems,
    }
  );
}

/** The refresh token of a response that is refused otherwise. */
export function readRefreshToken(
  body: Readonly<Record<string, unknown>>,
): Pick<TokenResponseFields, "refreshToken" | "refreshTokenExpiresIn"> {
  const reader = new FieldReader(body, isEmpty);
  return {
    refreshToken: reader.read("refresh_token", "", refreshTokenText),
    refreshTokenExpiresIn:
      reader.read("refresh_token_expires_in", "", readSeconds) ??
      (reader.read("refresh_expires_in", "", readSeconds) || undefined),
  };
}

/** Names the value of a field that cannot be used, where that is no secret, and what to do about a token type. */
function showingValue(problem: BadField, body: Readonly<Record<string, unknown>>): BadField {
  const { field } = problem;
  if (!SHOWN.includes(field)) return problem;
  const reason = problem.reason.replace(/^is not /, `is ${shown(body[field])}, not `);
  const advice =
    field === "token_type" ? ": if it means one of them, change it in a tokenResponse hook" : "";
  return { field, reason: reason + advice };
}

/** Characters: a text that is longer may be a token in the wrong field. */
const LONGEST_SHOWN = 24;

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return Array.isArray(value) ? "a list" : "an object";
  const isWord = value.length <= LONGEST_SHOWN && /^[\w ,.:+-]*$/.test(value);
  return isWord ? JSON.stringify(value) : `a text of ${value.length} characters`;
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
  const { expiresIn, refreshTokenExpiresIn, ignored: _ignored, ...rest } = fields;
  const scope = fields.scope ?? requestedScope ?? [];
  const after = (seconds: number | undefined): Date | undefined =>
    dateAt(seconds === undefined ? undefined : now + seconds * 1000);
  return {
    ...rest,
    issuedAt: dateAt(now),
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
