/**
 * A connection to a SQLite database: what `node:sqlite` (`DatabaseSync`), `better-sqlite3` and `bun:sqlite` (`Database`) have in
 * common.
 */
export interface SqliteDatabase {
  /** Runs statements without parameters. */
  exec(sql: string): unknown;
  /** Compiles a statement. */
  prepare(sql: string): SqliteStatement;
}

/** A compiled statement of a {@link SqliteDatabase}. */
export interface SqliteStatement {
  /** Runs the statement and returns its rows. */
  all(...parameters: (string | number | null)[]): unknown[];
}

/** A value that SQLite stores. */
export type SqliteValue = string | number | null;

/** A row's values, in the order of the statement's columns. */
export type SqliteRow = readonly unknown[];
