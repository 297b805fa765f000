import { randomUUID } from "node:crypto";
import {
  ConfigurationError,
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  OAuthError,
  type StoredToken,
  type StoreFinding,
  type StoreInspection,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import {
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
  readKeyQuery,
  recordEnd,
  withStoreLock,
} from "@grantkit/core/requests";
import { Connection } from "./connection.ts";
import { findNetworkDisk, findReadable } from "./database-files.ts";
import { bothClocks, LockRow } from "./lock-row.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { FORMAT, type Statements, statementsOf } from "./statements.ts";
import { decodeKey, encodeKey } from "./stored-key.ts";
import { readRecord } from "./stored-record.ts";

/** What a {@link SqliteTokenStore} works with. */
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

/** What {@link SqliteTokenStore.sweep} deletes. */
export interface SweepOptions {
  /** The most records of one call. @defaultValue `1000` */
  readonly limit?: number;
  /** For how long a record must have ended, in milliseconds. @defaultValue `86_400_000`, one day */
  readonly olderThanMs?: number;
}

const RULES: OptionRules<SqliteTokenStoreOptions> = {
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

const SWEEP_RULES: OptionRules<SweepOptions> = {
  limit: must(
    "be a whole number from 1 to 1000000",
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1e6,
  ),
  olderThanMs: must(
    "be a number of milliseconds, 0 or more",
    (value) => typeof value === "number" && value >= 0 && value <= 1e13,
  ),
};

/** After this time the locks of killed processes are swept, in milliseconds. */
const STALE = 3_600_000;

/**
 * A `TokenStore` in a SQLite database, for the processes of one machine. It makes its tables at the first use.
 *
 * A method throws `STORE_FAILED` (`retryable` unless somebody has to mend the database) for what SQLite reports, and for a
 * connection on which the app has a transaction open. `get()` throws `RECORD_UNREADABLE` for a damaged record. The message says
 * what to do.
 *
 * @example
 * ```ts
 * import type { OAuth2Client } from "@grantkit/core";
 * import { type SqliteDatabase, SqliteTokenStore } from "@grantkit/store-sqlite";
 *
 * export const openSession = (client: OAuth2Client, database: SqliteDatabase) =>
 *   client.storedSession({ store: new SqliteTokenStore({ database }), key: "user-42" });
 * ```
 */
export class SqliteTokenStore implements TokenStore {
  readonly #connection: Connection;
  readonly #sql: Statements;

  /**
   * @param options - The connection, and the table.
   * @throws ConfigurationError for options that cannot be used.
   */
  constructor(options: SqliteTokenStoreOptions) {
    const problems = optionProblems(options, RULES);
    if (problems.length > 0) throw new ConfigurationError("SqliteTokenStore", problems);
    const { database, table = "grantkit_tokens" } = ownOptions(options);
    this.#sql = statementsOf(table);
    this.#connection = new Connection(database, this.#sql.creation);
  }

  /**
   * See `TokenStore`.
   *
   * @throws OAuthError with code `RECORD_UNREADABLE` for a record that is damaged or of a later version.
   */
  async get(key: string): Promise<StoredToken | undefined> {
    const [row] = await this.#connection.run(this.#sql.read, () => [encodeKey(key)]);
    return row && readRecord(key, row);
  }

  /** See `TokenStore`. */
  async compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    const version = randomUUID();
    const values = [version, FORMAT, JSON.stringify(next), recordEnd(next) ?? null, encodeKey(key)];
    const rows = await (expected === undefined
      ? this.#connection.run(this.#sql.insert, () => values)
      : this.#connection.run(this.#sql.update, () => [...values, expected]));
    return rows.length > 0 ? version : undefined;
  }

  /** See `TokenStore`. Deletes a damaged record too. */
  async delete(key: string, expected?: string): Promise<boolean> {
    const rows = await (expected === undefined
      ? this.#connection.run(this.#sql.delete, () => [encodeKey(key)])
      : this.#connection.run(this.#sql.deleteVersion, () => [encodeKey(key), expected]));
    return rows.length > 0;
  }

  /** See `TokenStore`. A damaged record is listed too. */
  async keys(query?: KeyQuery): Promise<KeyPage> {
    const { prefix, limit, cursor } = readKeyQuery(query);
    const first = encodeKey(prefix);
    // Stored keys are of " " to "~": with " " begin the keys after the cursor, and before DEL end those with the prefix.
    const after = cursor === undefined ? "" : `${encodeKey(cursor)} `;
    const parameters = [after > first ? after : first, `${first}\u007f`, limit + 1];
    const rows = await this.#connection.run(this.#sql.list, () => parameters);
    const keys = rows.slice(0, limit).map(([key]) => decodeKey(String(key)));
    return rows.length > limit ? { keys, cursor: keys.at(-1) } : { keys };
  }

  /** See `TokenStore`. */
  withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const lock = new LockRow(this.#connection, this.#sql, encodeKey(key));
    return withStoreLock(lock, limits, work);
  }

  /**
   * Deletes records that have ended (the refresh token has expired, or the access token of a record without one), and the locks of
   * killed processes. Nothing that is locked or was refreshed is deleted. Several processes may call it at once.
   *
   * @param options - How many records, and for how long they must have ended.
   * @returns How many records were deleted. Call it again while it is `limit`.
   * @throws ConfigurationError for options that cannot be used.
   * @throws OAuthError with code `STORE_FAILED`.
   */
  async sweep(options: SweepOptions = {}): Promise<number> {
    const problems = optionProblems(options, SWEEP_RULES);
    if (problems.length > 0) throw new ConfigurationError("sweep()", problems);
    const { limit = 1000, olderThanMs = 86_400_000 } = ownOptions(options);
    await this.#connection.run(this.#sql.sweepLocks, () =>
      bothClocks().map((time) => time - STALE),
    );
    const parameters = () => [Date.now() - olderThanMs, ...bothClocks(), limit];
    return (await this.#connection.run(this.#sql.sweep, parameters)).length;
  }

  /**
   * See `TokenStore`. Makes the tables, writes a probe, and looks at who can read the files.
   *
   * @throws OAuthError with code `STORE_FAILED`.
   */
  async check(): Promise<void> {
    const owner = randomUUID();
    const probe = new LockRow(this.#connection, this.#sql, `grantkit-check-${owner}`);
    await probe.acquire(owner, 0);
    await probe.release(owner);
    const finding = await findReadable(await this.#connection.file());
    if (finding) throw new OAuthError("STORE_FAILED", finding.message);
  }

  /** See `TokenStore`. */
  async inspect(): Promise<StoreInspection> {
    const file = await this.#connection.file();
    if (file === "") return { findings: [FORGETS] };
    // A driver may open connections with a lower setting, which the store raises at its first call.
    await this.#connection.prepare();
    const findings = [await findReadable(file), await findNetworkDisk(file)];
    const synchronous = Number(await this.#connection.setting("synchronous"));
    if (synchronous < 2) findings.push(LOSES_COMMITS);
    return { findings: findings.filter((finding) => finding !== undefined) };
  }

  /** See `TokenStore`. The connection is the app's, and stays open. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const FORGETS: StoreFinding = {
  code: "NO_PERSISTENCE",
  message:
    "The database is in memory: its tokens are lost when the process ends. Open a file instead.",
  losesTokens: true,
};

const LOSES_COMMITS: StoreFinding = {
  code: "NO_PERSISTENCE",
  message:
    "The connection has PRAGMA synchronous below FULL, so that a power cut can undo the last writes. Give the store a connection of its own.",
  losesTokens: true,
};
