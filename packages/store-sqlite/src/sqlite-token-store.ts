import { randomUUID } from "node:crypto";
import {
  ConfigurationError,
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  OAuthError,
  type StoredToken,
  type StoreInspection,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import {
  optionProblems,
  ownOptions,
  readKeyQuery,
  recordEnd,
  withStoreLock,
} from "@grantkit/core/requests";
import { Connection } from "./connection.ts";
import { findReadable } from "./database-files.ts";
import { findingsOf } from "./findings.ts";
import { bothClocks, LockRow } from "./lock-row.ts";
import {
  type SqliteTokenStoreOptions,
  STORE_RULES,
  SWEEP_RULES,
  type SweepOptions,
} from "./store-options.ts";
import { FORMAT, type Statements, statementsOf } from "./statements.ts";
import { decodeKey, encodeKey } from "./stored-key.ts";
import { readRecord } from "./stored-record.ts";

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
    const problems = optionProblems(options, STORE_RULES);
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
   * Do not call it if sessions have the option `renew`, which needs the records of expired access tokens.
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
    return { findings: await findingsOf(this.#connection) };
  }

  /** See `TokenStore`. The connection is the app's, and stays open. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
