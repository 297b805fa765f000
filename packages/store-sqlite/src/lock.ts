import { randomUUID } from "node:crypto";
import { type LockLimits, OAuthError, type StoreLease } from "@grantkit/core";
import type { Connection } from "./connection.ts";
import type { SqliteRow } from "./sqlite-database.ts";
import type { Statements } from "./statements.ts";

const LONGEST_PAUSE = 50;
/** How long a caller that waits for no lock waits while others write, in milliseconds. */
const LEAST_PATIENCE = 1000;

/** The lock of a key, as its holder sees it: a row with the owner and the end of its time. */
export class Lock implements Required<StoreLease> {
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #key: string;
  readonly #holdMs: number;
  readonly #owner: string = randomUUID();
  readonly #lost = new AbortController();
  /** When the time is over by the clock that nobody sets. */
  #deadline = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(connection: Connection, sql: Statements, key: string, holdMs: number) {
    this.#connection = connection;
    this.#sql = sql;
    this.#key = key;
    this.#holdMs = holdMs;
  }

  /**
   * Takes the lock of an encoded key, and waits until it is free.
   *
   * @throws OAuthError with code `STORE_LOCK_TIMEOUT` when it was not free within `waitMs`.
   */
  static async take(
    connection: Connection,
    sql: Statements,
    key: string,
    { waitMs, holdMs }: LockLimits,
  ): Promise<Lock> {
    const lock = new Lock(connection, sql, key, holdMs);
    const start = performance.now();
    const left = (): number => Math.max(0, waitMs - (performance.now() - start));
    const patience = (): number => Math.max(LEAST_PATIENCE, left());
    const watch = new Watch();
    for (let pause = 2; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const [row] = await connection.run(sql.readLock, () => [key], patience());
      if ((!row || watch.isOver(row)) && (await lock.#enter(row, patience()))) return lock;
      if (left() === 0) break;
      const delay = Math.min(left(), pause * (0.5 + Math.random()));
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    const message = `Another holder kept the lock on this token for more than ${waitMs} ms. Try again.`;
    throw new OAuthError("STORE_LOCK_TIMEOUT", message, { retryable: true });
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async isHeld(): Promise<boolean> {
    if (this.#isOver) return false;
    const [row] = await this.#connection.run(this.#sql.readLock, () => [this.#key], this.#left);
    return this.#judge(row?.[0] === this.#owner && Number(row[1]) > Date.now());
  }

  async extend(): Promise<boolean> {
    if (this.#isOver) return false;
    let asked = 0;
    const parameters = () => {
      asked = performance.now();
      return [Date.now() + this.#holdMs, this.#key, this.#owner, Date.now()];
    };
    const rows = await this.#connection.run(this.#sql.extendLock, parameters, this.#left);
    if (!this.#judge(rows.length > 0)) return false;
    this.#begin(asked);
    return true;
  }

  /** Gives it back; does nothing when it was lost. */
  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#deadline = 0;
    await this.#connection.run(this.#sql.deleteLock, () => [this.#key, this.#owner]);
  }

  /** Makes the lock's row, or takes it over from the holder whose time is over; whether nobody else did. */
  async #enter(row: SqliteRow | undefined, patience: number): Promise<boolean> {
    let asked = 0;
    const parameters = () => {
      asked = performance.now();
      const own = [this.#owner, Date.now() + this.#holdMs, this.#holdMs, this.#key];
      return row ? [...own, String(row[0]), Number(row[1])] : own;
    };
    const sql = row ? this.#sql.takeLockOver : this.#sql.insertLock;
    const rows = await this.#connection.run(sql, parameters, patience);
    if (rows.length === 0) return false;
    this.#begin(asked);
    return true;
  }

  get #left(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Whether the time is over, or the lock was lost or given back before: it is not had again. */
  get #isOver(): boolean {
    return this.#left === 0 || this.#lost.signal.aborted;
  }

  #judge(isHeld: boolean): boolean {
    if (!isHeld && this.#deadline > 0) this.#end();
    return isHeld && !this.#isOver;
  }

  #begin(asked: number): void {
    clearTimeout(this.#timer);
    this.#deadline = asked + this.#holdMs;
    this.#timer = setTimeout(() => this.#end(), this.#left);
    // A lock keeps no process alive.
    this.#timer.unref();
  }

  #end(): void {
    this.#lost.abort(new DOMException("The lock has expired", "TimeoutError"));
  }
}

/** A waiter's look at the lock of another: its time is over by the clock, or was seen to pass if the clock was set back. */
class Watch {
  #seen = "";
  #since = 0;

  isOver([owner, end, holdMs]: SqliteRow): boolean {
    const now = performance.now();
    const seen = `${String(owner)} ${String(end)}`;
    if (seen !== this.#seen) [this.#seen, this.#since] = [seen, now];
    return Number(end) <= Date.now() || now - this.#since > Number(holdMs);
  }
}
