import type { TokenRecord } from "./token-record.ts";
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
const LATEST = 8.64e15;
/** Ten years, in seconds: as for a token that has just been granted. */
const LONGEST_LIFETIME = 315_576_000;

const NAMED = new Set([
  "access_token",
  "token_type",
  "expires_at",
  "expires_in",
  "expiry_date",
  "refresh_token",
  "refresh_token_expires_at",
  "refresh_token_expires_in",
  "scope",
  "id_token",
]);

/** Names of ours that say the same as one of RFC 6749's. */
const OURS = ["accessToken", "tokenType", "expiresAt", "refreshToken", "idToken"];
/** The end by a name that is neither: read as nothing, it would make a token without an end. */
const NEITHER = "accessTokenExpiresAt";

/** Whether a record is written in the names of RFC 6749, in part or inside another object. */
export function isForeignRecord(record: unknown): record is ForeignTokenRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return false;
  return (
    responseIn(record) !== record ||
    [...NAMED, NEITHER].some((name) => name !== "scope" && isGiven(record, name))
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
  const value = Object.hasOwn(record, name) ? (record as ForeignTokenRecord)[name] : undefined;
  return value !== undefined && value !== null;
}

/** Reads a token that another library has stored. */
export function readForeignRecord(
  stored: ForeignTokenRecord,
  { obtainedAt }: ForeignRecordOptions,
): ForeignReading {
  const source = responseIn(stored);
  const mixed = [...OURS, NEITHER].filter((name) => isGiven(source, name));
  if (mixed.length > 0) {
    // Which of two tokens, or of two ends, is to count would be a guess.
    const problem = `it is written in two ways (${mixed.join(", ")} beside the names of RFC 6749): choose accessToken, expiresAt, refreshToken … or access_token, expires_at, refresh_token …`;
    return { ok: false, problems: [problem] };
  }
  const problems: string[] = [];
  const take: Take = (name, kind, read) => {
    const value: unknown = Object.hasOwn(source, name) ? source[name] : undefined;
    // An empty column says nothing, except where it is a scope: none was granted.
    if (value === undefined || value === null || (value === "" && name !== "scope")) {
      return undefined;
    }
    const result = read(value);
    if (result === undefined) problems.push(`${name} is not ${kind}`);
    return result;
  };
  const obtained = timeOf(obtainedAt);
  if (obtainedAt !== undefined && obtained === undefined) problems.push("obtainedAt is not a date");
  const accessToken = take("access_token", "a token", tokenText);
  if (accessToken === undefined && problems.length === 0) problems.push("access_token is missing");
  const times = readTimes(take, obtained);
  if (times === undefined) {
    problems.push(
      "expires_in is counted from an answer whose time is not known: pass { obtainedAt } as well (0 if nobody knows, and it is renewed before it is used)",
    );
  }
  const scope = take("scope", "a list of names", names) ?? [];
  const record = {
    ...times,
    tokenType: take("token_type", "Bearer or DPoP", accessTokenType),
    refreshToken: take("refresh_token", "a token", tokenText),
    scope,
    requestedScope: scope,
    idToken: take("id_token", "a token", tokenText),
    raw: furtherFields(source, times?.issuedAt === undefined, problems),
  };
  return accessToken === undefined || problems.length > 0
    ? { ok: false, problems }
    : { ok: true, record: { accessToken, ...record } };
}

/** Reads one field; undefined when it is not there, and when it cannot be read, which is then a problem. */
type Take = <T>(
  name: string,
  kind: string,
  read: (value: unknown) => T | undefined,
) => T | undefined;

/** The times of a record; undefined when one cannot be known. */
function readTimes(
  take: Take,
  obtained: number | undefined,
): Pick<TokenRecord, "issuedAt" | "expiresAt" | "refreshTokenExpiresAt"> | undefined {
  const lifetime = take("expires_in", "a number of seconds", seconds);
  const end = take("expires_at", "a date", instant) ?? take("expiry_date", "a date", instant);
  const refreshLifetime = take("refresh_token_expires_in", "a number of seconds", seconds);
  const refreshEnd = take("refresh_token_expires_at", "a date", instant);
  const issuedAt = obtained ?? before(end, lifetime);
  if (end === undefined && lifetime !== undefined && issuedAt === undefined) return undefined;
  return {
    issuedAt,
    expiresAt: end ?? after(issuedAt, lifetime),
    refreshTokenExpiresAt: refreshEnd ?? after(issuedAt, refreshLifetime),
  };
}

function after(start: number | undefined, duration: number | undefined): number | undefined {
  return start === undefined || duration === undefined ? undefined : start + duration * 1000;
}

function before(end: number | undefined, duration: number | undefined): number | undefined {
  return after(end, duration === undefined ? undefined : -duration);
}

/** The other fields as JSON has them; what cannot be stored is a problem here, where its name is known. */
function furtherFields(
  source: ForeignTokenRecord,
  isTimeless: boolean,
  problems: string[],
): Record<string, unknown> {
  const further: [string, unknown][] = [];
  for (const [name, value] of Object.entries(source)) {
    // Without its beginning it says nothing yet, and is kept for whoever knows it.
    const isUnread = isTimeless && name === "refresh_token_expires_in";
    if ((NAMED.has(name) && !isUnread) || typeof value === "bigint") continue;
    if (isJson(value)) further.push([name, value]);
    else
      problems.push(`${/^\w{1,40}$/.test(name) ? name : "a field"} is nothing that JSON can hold`);
  }
  return Object.fromEntries(further);
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

/** Milliseconds since the epoch. */
function instant(value: unknown): number | undefined {
  if (value instanceof Date) return timeOf(value);
  const digits = typeof value === "string" && /^\d{1,16}(?:\.\d{1,9})?$/.test(value);
  // A column of 64 bits comes as text or as a bigint.
  const number = digits || typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number") {
    return timeOf(Math.floor(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number));
  }
  // An ISO 8601 date, and nothing else that Date would make one of.
  return typeof value === "string" && ISO_DATE.test(value) ? timeOf(new Date(value)) : undefined;
}

function timeOf(date: unknown): number | undefined {
  const time = date instanceof Date ? date.getTime() : date;
  return typeof time === "number" && Math.abs(time) <= LATEST ? time : undefined;
}

function seconds(value: unknown): number | undefined {
  const number =
    typeof value === "string" && /^-?\d{1,10}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) return undefined;
  // Below zero it has ended: requests-oauthlib writes what is left when it is asked.
  return Math.min(Math.max(Math.floor(number), 0), LONGEST_LIFETIME);
}

function names(value: unknown): string[] | undefined {
  const list = typeof value === "string" ? value.split(/[\s,]+/) : value;
  if (!Array.isArray(list) || !list.every((name) => typeof name === "string")) return undefined;
  return [...new Set(list)].filter((name) => name !== "");
}
