import { OAuthError } from "@grantkit/core";

/** What to do about an error of PostgreSQL, by its SQLSTATE. */
const ADVICE: Readonly<Record<string, string>> = {
  "23502":
    "The table is of a later version of @grantkit/store-postgres: install that version in every process.",
  "25006":
    "The database is read-only: connect to the primary server, and look at default_transaction_read_only.",
  "25P02": "Pass a query function of the pool, not of a transaction.",
  "26000": "Switch off the driver's named prepared statements, or PgBouncer's transaction mode.",
  "28000": "The database refused the user: look at the user name and at pg_hba.conf.",
  "28P01": "The database refused the password: look at the driver's settings.",
  "3D000": "The database does not exist: look at the driver's settings.",
  "3F000": "The schema does not exist: create it, and then run the SQL of postgresMigration().",
  "42501":
    "The user lacks a right: GRANT SELECT, INSERT, UPDATE, DELETE on the table to it (and to make the table, CREATE on its schema).",
  "42703":
    "The table is of another version of @grantkit/store-postgres: run the SQL of this version's postgresMigration().",
  "42P01":
    "The table does not exist: run the SQL of postgresMigration(), or await store.migrate().",
  "42P05": "Switch off the driver's named prepared statements, or PgBouncer's transaction mode.",
  "53100": "The server's disk is full: free some space.",
  "53300": "The server has too many connections: make the pools smaller.",
};

const REACH = "Look whether the server runs and at the driver's settings, and try again.";

const CALL =
  "The function query threw a TypeError. Call the driver's method on its object: (sql, parameters) => pool.query(sql, parameters).";

/** Connection lost, transaction rolled back, out of resources, row locked, server shutting down or starting. */
const TRANSIENT = /^(?:08|40|53|55P03|57P|58)/;
/** Not all codes of five characters: `EPIPE` and Prisma's `P1001` say that the server was not reached. */
const SQLSTATE = /^(?:\d[\dA-Z]{4}|(?:F0|HV|P0|XX)[\dA-Z]{3})$/;

/** Why a statement failed. */
export interface Failure {
  /** The SQLSTATE; undefined when PostgreSQL did not answer. */
  readonly state: string | undefined;
  /** What may be shown: a code or the name of an error. */
  readonly reason: string;
  /** Whether it may pass, so that the statement can be sent again. */
  readonly isTransient: boolean;
}

/**
 * Finds out why a statement failed. The message of a driver may hold the connection string and the parameters.
 *
 * @throws An OAuthError as it is.
 */
export function failureOf(error: unknown): Failure {
  if (OAuthError.isInstance(error)) throw error;
  const codes = codesOf(error);
  const state = codes.find((code) => SQLSTATE.test(code));
  const isTransient = state === undefined || TRANSIENT.test(state);
  const fallback = error instanceof TypeError ? "TypeError" : "no answer";
  return { state, reason: state ?? codes[0] ?? fallback, isTransient };
}

/** Makes the error of a statement that failed. */
export function databaseFailed(table: string, { state, reason, isTransient }: Failure): OAuthError {
  const unanswered = reason === "TypeError" ? `${CALL} ${REACH}` : REACH;
  const advice =
    state === undefined ? unanswered : (ADVICE[state] ?? (isTransient ? "Try again." : ""));
  const message = `The token store in the table ${table} failed (${reason}). ${advice}`.trimEnd();
  return new OAuthError("STORE_FAILED", message, { retryable: isTransient });
}

/** Collects the codes of an error and of what it was made from: Drizzle and Prisma wrap the driver's error. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let cause = error;
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth += 1) {
    for (const code of [own(cause, "code"), own(own(cause, "meta"), "code")]) {
      if (typeof code === "string" && /^[A-Z\d_]{2,40}$/.test(code)) codes.push(code);
    }
    cause = own(cause, "cause");
  }
  return codes;
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
