import type { SqliteDatabase, SqliteRow, SqliteStatement, SqliteValue } from "./sqlite-database.ts";
import { inTransaction, isBusy, keptBusy, storeFailed } from "./sqlite-errors.ts";

const LONGEST_PAUSE = 25;
/** How long a call waits for a lock in all, in milliseconds. */
const PATIENCE = 5_000;

/** The app's connection, as the store uses it: set up once, never inside a transaction of the app, patient with other processes. */
export class Connection {
  readonly #database: SqliteDatabase;
  readonly #creation: readonly string[];
  readonly #compiled = new Map<string, SqliteStatement>();
  #prepared: Promise<void> | undefined;
  /** FULL, or EXTRA if the app wants that. */
  #synchronous = 2;

  constructor(database: SqliteDatabase, creation: readonly string[]) {
    this.#database = database;
    this.#creation = creation;
  }

  /**
   * Runs a statement that returns rows, after the tables were made.
   *
   * @param parameters - Computed for each try, because they may have the time in them.
   * @param isDurable - Whether what it writes must outlast a power cut. What must not takes a small part of the time.
   */
  async run(
    sql: string,
    parameters: () => readonly SqliteValue[],
    isDurable = true,
  ): Promise<readonly SqliteRow[]> {
    await this.prepare();
    try {
      return await this.#retry(() => {
        if (isDurable) return this.#rows(sql, parameters());
        this.#database.exec("PRAGMA synchronous = NORMAL");
        try {
          return this.#rows(sql, parameters());
        } finally {
          this.#database.exec(`PRAGMA synchronous = ${this.#synchronous}`);
        }
      });
    } catch (error) {
      // Somebody may have removed the tables: the next call makes them again.
      this.#prepared = undefined;
      throw error;
    }
  }

  /** Sets the connection up and makes the tables, once. */
  async prepare(): Promise<void> {
    try {
      await (this.#prepared ??= this.#setUp());
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** The value of a setting of the connection or its database. */
  async setting(name: string): Promise<unknown> {
    const [row] = await this.#pragma(name);
    return row?.[0];
  }

  /** The path of the database's file; "" for a database in memory. */
  async file(): Promise<string> {
    const databases = await this.#pragma("database_list");
    const main = databases.find(([, name]) => name === "main");
    return typeof main?.[2] === "string" ? main[2] : "";
  }

  async #setUp(): Promise<void> {
    const statements = [...this.#creation];
    // On macOS, fsync() alone leaves data in the disk's cache.
    statements.unshift("PRAGMA fullfsync = 1");
    // A commit that a power cut undoes brings back a spent refresh token, and the provider ends the sign-in. After the switch to
    // WAL, for which better-sqlite3 has another default.
    this.#synchronous = Math.max(2, Number(await this.setting("synchronous")));
    statements.unshift(`PRAGMA synchronous = ${this.#synchronous}`);
    if ((await this.setting("journal_mode")) !== "wal") {
      statements.unshift("PRAGMA journal_mode = WAL");
    }
    for (const sql of statements) await this.#retry(() => this.#database.exec(sql));
  }

  #pragma(name: string): Promise<readonly SqliteRow[]> {
    return this.#retry(() => rowsOf(this.#database.prepare(`PRAGMA ${name}`).all()));
  }

  /** Tries some work until no other connection has a lock that it needs. The event loop goes on meanwhile. */
  async #retry<T>(work: () => T): Promise<T> {
    const start = performance.now();
    for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return this.#guarded(work);
      } catch (error) {
        if (!isBusy(error)) throw storeFailed(error);
      }
      const waited = performance.now() - start;
      if (waited >= PATIENCE) throw keptBusy(waited);
      const delay = Math.min(PATIENCE - waited, pause * (0.5 + Math.random()));
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  /** Does some work outside of the app's transactions, and without the app's busy timeout, which stops the whole process. */
  #guarded<T>(work: () => T): T {
    const database = this.#database;
    const [row] = rowsOf(database.prepare("PRAGMA busy_timeout").all());
    try {
      // Fails inside a transaction, and otherwise does nothing.
      database.exec("BEGIN; COMMIT");
    } catch {
      throw inTransaction();
    }
    database.exec("PRAGMA busy_timeout = 0");
    try {
      return work();
    } finally {
      database.exec(`PRAGMA busy_timeout = ${Number(row?.[0])}`);
    }
  }

  /** Runs a statement by all(), never by get(): that hides an error of the commit, which comes after the last row. */
  #rows(sql: string, parameters: readonly SqliteValue[]): readonly SqliteRow[] {
    let statement = this.#compiled.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#compiled.set(sql, statement);
    }
    return rowsOf(statement.all(...parameters));
  }
}

/** The values of rows, which some drivers give as objects and some, if the app wants it, as arrays. */
function rowsOf(rows: unknown[]): readonly SqliteRow[] {
  return rows.map((row) => Object.values(row as object));
}
