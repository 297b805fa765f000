import { ConfigurationError } from "@grantkit/core";
import { isObject, ownFields } from "@grantkit/core/requests";
import { databaseFailed, failureOf } from "./database-errors.ts";

/**
 * Sends one statement with its parameters (`$1`, `$2`, …), and returns the rows, or an object with `rows`. Each statement
 * stands for itself: a pool may give each to another connection.
 */
export type PostgresQuery = (
  sql: string,
  parameters: (string | null)[],
) => PromiseLike<readonly object[] | { readonly rows: readonly object[] }>;

/** A row of an answer: the statements make text of each column. */
export type Row = Readonly<Record<string, string | null>>;

/** The longest time that a statement may take, in milliseconds. */
const LIMIT = 10_000;
const LONGEST_PAUSE = 500;

/** Sends the statements of a store. */
export class Database {
  /** The table's name, quoted. */
  readonly table: string;
  readonly #query: PostgresQuery;

  constructor(query: PostgresQuery, table: string) {
    this.#query = query;
    this.table = table;
  }

  /**
   * Sends a statement; again when it failed in a way that may pass.
   *
   * @param patience - For how long it is sent again, in milliseconds.
   * @throws OAuthError with code `STORE_FAILED`.
   */
  async ask(
    sql: string,
    parameters: readonly (string | null)[],
    patience: number = 2000,
  ): Promise<readonly Row[]> {
    const start = performance.now();
    // Once at least: a process that was paused comes back when all time is over.
    let isOver = patience === 0;
    for (let pause = 10; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await this.send(sql, parameters);
      } catch (error) {
        const failure = failureOf(error);
        if (isOver || !failure.isTransient) throw databaseFailed(this.table, failure);
        const delay = pause * (0.5 + Math.random());
        isOver = performance.now() - start + delay > patience;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
  }

  /** Sends a statement once. Errors are those of the driver. */
  async send(sql: string, parameters: readonly (string | null)[] = []): Promise<readonly Row[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(Object.assign(new Error("late"), { code: "TIMEOUT" }));
      // In a process that was paused, an answer that has arrived counts first.
      timer = setTimeout(() => setImmediate(fail), LIMIT);
    });
    try {
      return rowsOf(await Promise.race([this.#query(sql, [...parameters]), late]));
    } finally {
      clearTimeout(timer);
    }
  }
}

function rowsOf(answer: unknown): readonly Row[] {
  const rows: unknown =
    Array.isArray(answer) || !isObject(answer) ? answer : ownFields(answer)["rows"];
  if (Array.isArray(rows)) return rows as readonly Row[];
  throw new ConfigurationError("PostgresTokenStore", [
    "query must return the rows of the answer, or an object with rows",
  ]);
}
