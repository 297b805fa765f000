import { ownFields } from "../options/own-fields.ts";
import { readSeconds } from "../options/read-fields.ts";
import { dateAt, FieldReader, instant, isEmpty, textList } from "./field-reader.ts";
import { notAToken, type TokenRecord } from "./token-record.ts";
import { RESPONSE_FIELDS } from "./token-response.ts";
import { accessTokenType, refreshTokenText, tokenText } from "./token-text.ts";

/**
 * A token as other libraries store it, by the names of RFC 6749 §5.1.
 *
 * requests-oauthlib, Authlib and Auth.js store `expires_at` in seconds since the epoch, simple-oauth2 as a date.
 * openid-client's token responses and arctic's tokens (whole, or their `data`) have only `expires_in`, which counts from
 * the response: pass `obtainedAt` with them.
 */
export interface ForeignTokenRecord {
  /** The access token. */
  readonly access_token?: string | null;
  /** `Bearer` or `DPoP`, in any letter case. */
  readonly token_type?: string | null;
  /** When it expires: seconds (below 1e11) or milliseconds since the epoch, a date, or its ISO 8601 form. */
  readonly expires_at?: number | string | Date | null;
  /** Seconds from the response until it expires. */
  readonly expires_in?: number | string | null;
  /** When it expires, as `expires_at`, under another name; ignored with `expires_at`. */
  readonly expiry_date?: number | string | Date | null;
  /** The refresh token. */
  readonly refresh_token?: string | null;
  /** When the refresh token expires, as `expires_at`. */
  readonly refresh_token_expires_at?: number | string | Date | null;
  /** Seconds from the response until the refresh token expires. */
  readonly refresh_token_expires_in?: number | string | null;
  /** The granted scopes: a list, or separated by spaces or commas. */
  readonly scope?: string | readonly string[] | null;
  /** The ID token; its claims are not used, as they were not verified here. */
  readonly id_token?: string | null;
  /** Every other field is kept in `raw`. */
  readonly [field: string]: unknown;
}

/** What is known about a record besides its fields. */
export interface ForeignRecordOptions {
  /** When the token response arrived: a date, or milliseconds since the epoch. */
  readonly obtainedAt?: Date | number;
}

/** Names of the access token's expiry, the first that is given counts. */
const ENDS = ["expires_at", "expiry_date", "accessTokenExpiresAt"];
const NAMED = new Set([...RESPONSE_FIELDS, ...ENDS, "refresh_token_expires_at"]);
/** Our own names of the same fields. */
const OURS = ["accessToken", "tokenType", "expiresAt", "refreshToken", "idToken"];

/** Whether a record has names of RFC 6749, itself or in its `data`. */
export function isForeignRecord(record: unknown): record is ForeignTokenRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return false;
  return (
    responseIn(record) !== record ||
    [...NAMED].some((name) => name !== "scope" && isGiven(record, name))
  );
}

/** Unwraps a record whose only field is `data`, as arctic's tokens are. */
function responseIn(record: object): ForeignTokenRecord {
  const { data } = ownFields(record as { readonly data?: unknown });
  const isAlone = Object.hasOwn(record, "data") && Object.keys(record).length === 1;
  return (
    isAlone && typeof data === "object" && data !== null ? data : record
  ) as ForeignTokenRecord;
}

function isGiven(record: object, name: string): boolean {
  return (
    Object.hasOwn(record, name) && ((record as ForeignTokenRecord)[name] ?? undefined) !== undefined
  );
}

/**
 * Reads a token that another library has stored.
 *
 * @throws OAuthError with code `TOKEN_INVALID`, naming each field that cannot be read.
 */
export function readForeignRecord(
  stored: ForeignTokenRecord,
  { obtainedAt }: ForeignRecordOptions,
): TokenRecord {
  const source = responseIn(stored);
  const ours = OURS.filter((name) => isGiven(source, name));
  if (ours.length > 0) {
    // Which of two tokens, or of two times, counts would be a guess.
    const problem = `it is written in two ways (${ours.join(", ")} beside the names of RFC 6749): choose accessToken, expiresAt, refreshToken … or access_token, expires_at, refresh_token …`;
    throw notAToken([problem]);
  }
  const reader = new FieldReader(source, isEmpty);
  const token = (field: string) => reader.read(field, "a token", tokenText);
  const accessToken = token("access_token");
  const scope = reader.read("scope", "a list of names", names) ?? [];
  const record = {
    ...readTimes(reader, instant(obtainedAt)),
    tokenType: reader.read("token_type", "Bearer or DPoP", accessTokenType),
    refreshToken: reader.read("refresh_token", "a refresh token", refreshTokenText),
    scope,
    requestedScope: scope,
    idToken: token("id_token"),
  };
  const { raw, unstorable } = furtherFields(source, record.issuedAt === undefined);
  const problems = [...reader.sentences, ...unstorable];
  if (obtainedAt !== undefined && instant(obtainedAt) === undefined) {
    problems.push("obtainedAt is not a date");
  }
  if (accessToken === undefined && problems.length === 0) problems.push("access_token is missing");
  if (problems.length > 0) throw notAToken(problems);
  return { accessToken: accessToken as string, ...record, raw };
}

/** Reads the times of a record. */
function readTimes(
  reader: FieldReader,
  obtained: number | undefined,
): Pick<TokenRecord, "issuedAt" | "expiresAt" | "refreshTokenExpiresAt"> {
  const date = (field: string) => reader.read(field, "a date", dateOf);
  const duration = (field: string) => reader.read(field, "a number of seconds", remaining);
  const [end] = ENDS.flatMap((name) => date(name) ?? []);
  const left = duration("expires_in");
  const issuedAt = obtained ?? after(end, left && -left);
  if (end === undefined && left !== undefined && issuedAt === undefined) {
    reader.problems.push({
      field: "expires_in",
      reason:
        "counts from a response whose time is not known: pass { obtainedAt } as well (0 if it is lost: the token is then refreshed before it is used)",
    });
  }
  const refreshEnd =
    date("refresh_token_expires_at") ?? after(issuedAt, duration("refresh_token_expires_in"));
  return {
    issuedAt: dateAt(issuedAt),
    expiresAt: dateAt(end ?? after(issuedAt, left)),
    refreshTokenExpiresAt: dateAt(refreshEnd),
  };
}

function after(start: number | undefined, seconds: number | undefined): number | undefined {
  return start === undefined || seconds === undefined ? undefined : start + seconds * 1000;
}

/** Collects the other fields, and names those that JSON cannot hold. */
function furtherFields(source: ForeignTokenRecord, isTimeless: boolean) {
  // Without the time of the response it says nothing; it is kept for those who know that time.
  const further = Object.entries(source).filter(
    ([name]) => !NAMED.has(name) || (isTimeless && name === "refresh_token_expires_in"),
  );
  const unstorable = further
    .filter(([, value]) => !isJson(value))
    .map(([name]) => `${/^\w{1,40}$/.test(name) ? name : "a field"} cannot be written as JSON`);
  return { raw: Object.fromEntries(further), unstorable };
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

/** With its time zone: without one it would be another time on another machine. */
const ISO_DATE =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** Takes a date, seconds or milliseconds since the epoch, or their digits, or an ISO 8601 date. */
function dateOf(value: unknown): number | undefined {
  return instant(typeof value === "string" && ISO_DATE.test(value) ? new Date(value) : value);
}

/** Takes a number of seconds; one below zero has expired: requests-oauthlib writes the time left when it is asked. */
function remaining(value: unknown): number | undefined {
  const number =
    typeof value === "string" && /^-?\d{1,10}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof number === "number" ? readSeconds(Math.max(number, 0)) : undefined;
}

function names(value: unknown): string[] | undefined {
  const list = textList(typeof value === "string" ? value.split(/[\s,]+/) : value);
  return list && [...new Set(list)].filter((name) => name !== "");
}
