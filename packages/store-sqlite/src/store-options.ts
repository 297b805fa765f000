import { must, type OptionRules } from "@grantkit/core/requests";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** What a `SqliteTokenStore` works with. */
export interface SqliteTokenStoreOptions {
  /**
   * An open connection, for this store alone: `new DatabaseSync(file)` of `node:sqlite`, or `new Database(file)` of
   * `better-sqlite3` or `bun:sqlite`. Other connections to the same file are welcome. The store switches the database to WAL
   * and its connection to `synchronous = FULL`. It does not close it.
   */
  readonly database: SqliteDatabase;
  /**
   * The table, which is made if it is missing; so is a second one, with `_locks` appended.
   *
   * @defaultValue `"grantkit_tokens"`
   */
  readonly table?: string;
}

/** What `sweep()` of a `SqliteTokenStore` deletes. */
export interface SweepOptions {
  /** The most records of one call. @defaultValue `1000` */
  readonly limit?: number;
  /** For how long a record must have ended, in milliseconds. @defaultValue `86_400_000`, one day */
  readonly olderThanMs?: number;
}

/** The rules of a store's options. */
export const STORE_RULES: OptionRules<SqliteTokenStoreOptions> = {
  database: (value) => {
    const { exec, prepare } = (value ?? {}) as Partial<Record<keyof SqliteDatabase, unknown>>;
    return typeof exec === "function" && typeof prepare === "function"
      ? []
      : [
          "database must be an open connection: new DatabaseSync(file) of node:sqlite, or new Database(file) of better-sqlite3",
        ];
  },
  table: must(
    'be a name of at most 60 letters, digits and "_" that does not begin with a digit or "sqlite_"',
    (value) => typeof value === "string" && /^(?!sqlite_)[a-z_]\w{0,59}$/i.test(value),
  ),
};

/** The rules of what `sweep()` is given. */
export const SWEEP_RULES: OptionRules<SweepOptions> = {
  limit: must(
    "be a whole number from 1 to 1000000",
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1e6,
  ),
  olderThanMs: must(
    "be a number of milliseconds, 0 or more",
    (value) => typeof value === "number" && value >= 0 && value <= 1e13,
  ),
};
