import { OAuthError } from "@grantkit/core";

const FILES = "the file, those beside it that end in -wal and -shm, and their folder";

/** The result codes of SQLite that a user can do something about. */
const ADVICE: Readonly<Record<string, string>> = {
  ERROR: "If its table is not one of this store, pass another name as table.",
  PERM: `Give this user the right to read and write ${FILES}.`,
  READONLY: `Give this user the right to write ${FILES}, and open it for writing.`,
  IOERR: "The disk failed, or a limit of file sizes is reached.",
  CORRUPT: "The file is damaged. It was left as it is: recover it, or restore a backup.",
  FULL: "The disk is full, or max_page_count is reached: free some space.",
  CANTOPEN: `Give this user the right to read and write ${FILES}.`,
  NOTADB: "The file is not a database, or is damaged. It was left as it is: open another file.",
};

const NAMES: Readonly<Record<number, string>> = {
  1: "ERROR",
  3: "PERM",
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  26: "NOTADB",
};

/** Failures that somebody has to mend. */
const LASTING = new Set(["CORRUPT", "ERROR", "NOTADB"]);

/** The primary result code of a driver's error; undefined for another error. */
function resultOf(error: unknown): string | undefined {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  // node:sqlite has the number only; better-sqlite3 and bun:sqlite have the name of the extended code.
  if (typeof errcode === "number") return NAMES[errcode & 0xff] ?? String(errcode & 0xff);
  return typeof code === "string" ? /^SQLITE_([A-Z]+)/.exec(code)?.[1] : undefined;
}

/** Whether another connection has the lock that a statement needs. */
export function isBusy(error: unknown): boolean {
  const result = resultOf(error);
  return result === "BUSY" || result === "LOCKED";
}

/** Turns a driver's error into one of ours, with what to do. The driver's message is left out: it may quote anything. */
export function storeFailed(error: unknown): OAuthError {
  if (OAuthError.isInstance(error)) return error;
  const result = resultOf(error);
  const what = result === undefined ? "" : ` (SQLITE_${result})`;
  const advice =
    result === undefined
      ? "Keep its connection open, and give the store one of its own."
      : (ADVICE[result] ?? "Try again.");
  return new OAuthError("STORE_FAILED", `The SQLite token store failed${what}. ${advice}`, {
    retryable: result !== undefined && !LASTING.has(result),
  });
}

/** Creates the error of a database that others kept locked. */
export function keptBusy(milliseconds: number): OAuthError {
  const message = `Another connection kept the SQLite database locked for more than ${Math.round(milliseconds)} ms. Look for a process with a long transaction, and try again.`;
  return new OAuthError("STORE_FAILED", message, { retryable: true });
}

/** Creates the error of a connection on which the app has begun a transaction. */
export function inTransaction(): OAuthError {
  const message =
    "The app has a transaction open on the connection of the SQLite token store, which could roll back a token. Give the store a connection of its own.";
  return new OAuthError("STORE_FAILED", message, { retryable: true });
}
