import { randomUUID } from "node:crypto";
import {
  ConfigurationError,
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  type StoredToken,
  type StoreInspection,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import {
  optionProblems,
  type OptionRules,
  ownOptions,
  readKeyQuery,
  recordEnd,
  withStoreLock,
} from "@grantkit/core/requests";
import { Database, type PostgresQuery } from "./database.ts";
import { decodeKey, encodeKey, isEncodedKey, rangeOf, toAsciiJson } from "./encoded-text.ts";
import { lockOf } from "./lock.ts";
import { inspect, migrate } from "./set-up.ts";
import { sweep, type SweepOptions } from "./sweep.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { readRow } from "./stored-row.ts";
import { mustBeTable, postgresMigration, type PostgresTableOptions, quoteTable } from "./table.ts";

/** How a {@link PostgresTokenStore} reaches its table. */
export interface PostgresTokenStoreOptions extends PostgresTableOptions {
  /** Sends one statement: a line for each driver is in the README. Not of a transaction. */
  readonly query: PostgresQuery;
}

const RULES: OptionRules<PostgresTokenStoreOptions> = {
  query: (value) =>
    typeof value === "function" ? [] : ["query must be a function (sql, parameters) => rows"],
  table: mustBeTable,
};

/** A write may be all that is left of a refresh token: it is tried through a restart of the server. */
const PATIENCE_OF_WRITES = 10_000;

/**
 * A `TokenStore` in a table of PostgreSQL, for the processes of any number of machines. The lock is a lease in the record's
 * row: no connection and no transaction is held while the provider is asked, so that one connection serves many sessions,
 * and PgBouncer's transaction mode works.
 *
 * Methods throw `STORE_FAILED` when the database refuses a statement or cannot be reached; the message says what to do, and
 * has nothing of the connection string. They send a statement again if the connection was lost or a transaction was rolled
 * back.
 *
 * @example
 * ```ts
 * import type { OAuth2Client } from "@grantkit/core";
 * import { PostgresTokenStore } from "@grantkit/store-postgres";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
 * const store = new PostgresTokenStore({ query: (sql, parameters) => pool.query(sql, parameters) });
 *
 * export const openSession = (client: OAuth2Client, userId: string) =>
 *   client.storedSession({ store, key: `${userId}/github` });
 * ```
 */
export class PostgresTokenStore implements TokenStore {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #migration: string;

  /**
   * @param options - How to reach the table.
   * @throws ConfigurationError for options that cannot be used.
   */
  constructor(options: PostgresTokenStoreOptions) {
    const problems = optionProblems(options, RULES);
    if (problems.length > 0) throw new ConfigurationError("PostgresTokenStore", problems);
    const { query, table } = ownOptions(options);
    const quoted = quoteTable(table);
    this.#database = new Database(query, quoted);
    this.#sql = statementsFor(quoted);
    this.#migration = postgresMigration(table === undefined ? {} : { table });
  }

  /** See `TokenStore`. */
  async get(key: string): Promise<StoredToken | undefined> {
    const [row] = await this.#database.ask(this.#sql.read, [encodeKey(key).key]);
    return row && readRow(row, key, this.#database.table);
  }

  /** See `TokenStore`. */
  async compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    const id = encodeKey(key);
    const version = randomUUID();
    const end = recordEnd(next);
    const record = [toAsciiJson(next), end === undefined ? null : String(Math.max(end, 0))];
    const rows =
      expected === undefined
        ? await this.#write(this.#sql.create, [id.key, id.rest, version, ...record])
        : await this.#write(this.#sql.replace, [id.key, expected, version, ...record]);
    return rows.length > 0 ? version : undefined;
  }

  /** See `TokenStore`. */
  async delete(key: string, expected?: string): Promise<boolean> {
    const id = encodeKey(key).key;
    const rows = await this.#write(this.#sql.clear, [id, randomUUID(), expected ?? null]);
    // If it fails, sweep() removes the empty row.
    await this.#database.ask(this.#sql.tidy, [id]).catch(() => undefined);
    return rows.length > 0;
  }

  /** See `TokenStore`. */
  async keys(query?: KeyQuery): Promise<KeyPage> {
    const { prefix, limit, cursor } = readKeyQuery(query);
    if (cursor !== undefined && !isEncodedKey(cursor)) {
      throw new ConfigurationError("keys()", ["cursor must be the cursor of a page"]);
    }
    const parameters = [cursor ?? null, ...rangeOf(prefix), String(limit + 1)];
    const rows = await this.#database.ask(this.#sql.keys, parameters);
    const found = rows
      .slice(0, limit)
      .map(({ key, rest }) => ({ key: key ?? "", rest: rest ?? null }));
    // The range has only the beginning of a long prefix.
    const keys = found.map(decodeKey).filter((key) => key.startsWith(prefix));
    return rows.length > limit ? { keys, cursor: found.at(-1)?.key } : { keys };
  }

  /** See `TokenStore`. */
  withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    return withStoreLock(lockOf(this.#database, this.#sql, key), limits, work);
  }

  /**
   * Makes the table unless it exists, for apps without a migration tool; several processes may call it at once. Others run the
   * SQL of {@link postgresMigration}.
   *
   * @throws OAuthError with code `STORE_FAILED`.
   */
  migrate(): Promise<void> {
    return migrate(this.#database, this.#sql, this.#migration);
  }

  /**
   * See `TokenStore`. Looks for the table and all its columns, and writes and deletes a row.
   *
   * @throws OAuthError with code `STORE_FAILED`.
   */
  async check(): Promise<void> {
    await this.#database.ask(this.#sql.columns, [], 0);
    const owner = randomUUID();
    const lock = lockOf(this.#database, this.#sql, `grantkit-check-${owner}`);
    await lock.acquire(owner, 1000);
    await lock.release(owner);
  }

  /** See `TokenStore`: the server's time, whether it is a replica, and settings by which a crash loses tokens. */
  inspect(): Promise<StoreInspection> {
    return inspect(this.#database, this.#sql);
  }

  /**
   * Deletes records that have ended (the refresh token has expired, or the access token of a record without one), and what
   * killed processes left. Nothing that is locked or was refreshed is deleted. Several processes may call it at once.
   *
   * Do not call it if sessions have the option `renew`, which needs the records of expired access tokens.
   *
   * @param options - How many rows, and for how long they must have ended.
   * @returns How many rows were deleted. Call it again while it is `limit`.
   * @throws ConfigurationError for options that cannot be used.
   * @throws OAuthError with code `STORE_FAILED`.
   */
  sweep(options: SweepOptions = {}): Promise<number> {
    return sweep(this.#database, this.#sql, options);
  }

  /** See `TokenStore`; there is nothing to release: the pool is yours. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(sql: string, parameters: readonly (string | null)[]): Promise<readonly unknown[]> {
    return this.#database.ask(sql, parameters, PATIENCE_OF_WRITES);
  }
}
