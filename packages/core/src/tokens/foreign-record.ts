import { FieldReader, instant, isEmpty, lifetime, textList } from "./field-reader.ts";
import type { TokenRecord } from "./token-record.ts";
import { RESPONSE_FIELDS } from "./token-response.ts";
import { accessTokenType, tokenText } from "./token-text.ts";

/**
 * A token as other libraries store it: by the names of RFC 6749 §5.1, with `expires_at` beside them.
 *
 * requests-oauthlib, Authlib and Auth.js have `expires_at` in seconds since the epoch, simple-oauth2 as a date; an answer
 * of openid-client, as of any token endpoint, has `expires_in` alone, which needs the time of the answer, and so have
 * arctic's tokens, whole or their `data`.
 */
export interface ForeignTokenRecord {
  /** The access token. */
  readonly access_token?: string | null;
  /** `Bearer` or `DPoP`, in any letter case. */
  readonly token_type?: string | null;
  /** The end: seconds (below 1e11) or milliseconds since the epoch, a date, or its ISO 8601 form. */
  readonly expires_at?: number | string | Date | null;
  /** Seconds from the answer to the end. */
  readonly expires_in?: number | string | null;
  /** The end, as `expires_at`, by the name that goes with milliseconds; not looked at beside `expires_at`. */
  readonly expiry_date?: number | string | Date | null;
  /** The refresh token. */
  readonly refresh_token?: string | null;
  /** The end of the refresh token, as `expires_at`. */
  readonly refresh_token_expires_at?: number | string | Date | null;
  /** Seconds from the answer to the end of the refresh token. */
  readonly refresh_token_expires_in?: number | string | null;
  /** Scopes granted: a list, or separated by spaces or commas. */
  readonly scope?: string | readonly string[] | null;
  /** The ID token; its claims are not believed, as nobody has verified them here. */
  readonly id_token?: string | null;
  /** Every other field stays in `raw`. */
  readonly [field: string]: unknown;
}

/** What is known of a record beside what it says. */
export interface ForeignRecordOptions {
  /** When the provider's answer arrived: a date, or milliseconds since the epoch. */
  readonly obtainedAt?: Date | number;
}

/** What reading a foreign record came to. */
export type ForeignReading =
  | { readonly ok: true; readonly record: TokenRecord }
  | { readonly ok: false; readonly problems: readonly string[] };

/** No date in seconds before the year 5138 is as large, and none in milliseconds since 1973 is smaller. */
const SECONDS_BELOW = 1e11;

/** Names of the end of an access token; one that is not known here would make a token without an end. */
const ENDS = ["expires_at", "expiry_date", "accessTokenExpiresAt"];
const NAMED = new Set([...RESPONSE_FIELDS, ...ENDS, "refresh_token_expires_at"]);
/** Names of ours that say the same as one of RFC 6749's. */
const OURS = ["accessToken", "tokenType", "expiresAt", "refreshToken", "idToken"];

/** Whether a record is written in the names of RFC 6749, in part or inside another object. */
export function isForeignRecord(record: unknown): record is ForeignTokenRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return false;
  return (
    responseIn(record) !== record ||
    [...NAMED].some((name) => name !== "scope" && isGiven(record, name))
  );
}

/** The token response in an object that has nothing else, as arctic's tokens have it; or the record itself. */
function responseIn(record: object): ForeignTokenRecord {
  const { data } = record as { readonly data?: unknown };
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

/** Reads a token that another library has stored. */
export function readForeignRecord(
  stored: ForeignTokenRecord,
  { obtainedAt }: ForeignRecordOptions,
): ForeignReading {
  const source = responseIn(stored);
  const ours = OURS.filter((name) => isGiven(source, name));
  if (ours.length > 0) {
    // Which of two tokens, or of two ends, is to count would be a guess.
    const problem = `it is written in two ways (${ours.join(", ")} beside the names of RFC 6749): choose accessToken, expiresAt, refreshToken … or access_token, expires_at, refresh_token …`;
    return { ok: false, problems: [problem] };
  }
  const reader = new FieldReader(source, isEmpty);
  const token = (field: string) => reader.read(field, "a token", tokenText);
  const accessToken = token("access_token");
  const scope = reader.read("scope", "a list of names", names) ?? [];
  const record = {
    ...readTimes(reader, instant(obtainedAt)),
    tokenType: reader.read("token_type", "Bearer or DPoP", accessTokenType),
    refreshToken: token("refresh_token"),
    scope,
    requestedScope: scope,
    idToken: token("id_token"),
  };
  const { raw, unstorable } = furtherFields(source, record.issuedAt === undefined);
  const problems = [...reader.sentences, ...unstorable];
  if (obtainedAt !== undefined && instant(obtainedAt) === undefined) {
    problems.push("obtainedAt is not a date");
  }
  if (accessToken !== undefined && problems.length === 0) {
    return { ok: true, record: { accessToken, ...record, raw } };
  }
  return { ok: false, problems: problems.length > 0 ? problems : ["access_token is missing"] };
}

/** The times of a record, each as milliseconds since the epoch. */
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
        "is counted from an answer whose time is not known: pass { obtainedAt } as well (0 if nobody knows, and it is renewed before it is used)",
    });
  }
  return {
    issuedAt,
    expiresAt: end ?? after(issuedAt, left),
    refreshTokenExpiresAt:
      date("refresh_token_expires_at") ?? after(issuedAt, duration("refresh_token_expires_in")),
  };
}

function after(start: number | undefined, seconds: number | undefined): number | undefined {
  return start === undefined || seconds === undefined ? undefined : start + seconds * 1000;
}

/** The other fields as JSON has them; those that cannot be stored are problems, named here where their name is known. */
function furtherFields(source: ForeignTokenRecord, isTimeless: boolean) {
  // Without its beginning it says nothing yet, and is kept for whoever knows it.
  const further = Object.entries(source).filter(
    ([name]) => !NAMED.has(name) || (isTimeless && name === "refresh_token_expires_in"),
  );
  const unstorable = further
    .filter(([, value]) => !isJson(value))
    .map(([name]) => `${/^\w{1,40}$/.test(name) ? name : "a field"} is nothing that JSON can hold`);
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

/** With its time zone: without one it is another moment on another machine. */
const ISO_DATE =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** Takes a date, seconds or milliseconds since the epoch, or their digits, or an ISO 8601 date. */
function dateOf(value: unknown): number | undefined {
  const isDigits = typeof value === "string" && /^\d{1,16}(?:\.\d{1,9})?$/.test(value);
  const number = isDigits ? Number(value) : value;
  if (typeof number === "number") {
    return instant(Math.floor(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number));
  }
  return instant(typeof value === "string" && ISO_DATE.test(value) ? new Date(value) : value);
}

/** Takes a number of seconds; below zero it has ended: requests-oauthlib writes what is left when it is asked. */
function remaining(value: unknown): number | undefined {
  const number =
    typeof value === "string" && /^-?\d{1,10}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof number === "number" ? lifetime(Math.max(number, 0)) : undefined;
}

function names(value: unknown): string[] | undefined {
  const list = textList(typeof value === "string" ? value.split(/[\s,]+/) : value);
  return list && [...new Set(list)].filter((name) => name !== "");
}
