import type { StoreLock } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import type { SqliteRow } from "./sqlite-database.ts";
import type { Statements } from "./statements.ts";

/** The lock of one key: a row with its owner and the end of its time, by the machine's clock. */
export class LockRow implements StoreLock {
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #key: string;
  /** Whom this waiter has seen in the lock, and since when by the clock that nobody sets. */
  #seen = "";
  #since = 0;

  /** @param key - The encoded key. */
  constructor(connection: Connection, sql: Statements, key: string) {
    this.#connection = connection;
    this.#sql = sql;
    this.#key = key;
  }

  async acquire(owner: string, holdMs: number): Promise<boolean> {
    const [row] = await this.#connection.run(this.#sql.readLock, () => [this.#key]);
    if (row && row[0] !== owner && !this.#isOver(row)) return false;
    const sql = row ? this.#sql.takeLockOver : this.#sql.insertLock;
    const rows = await this.#connection.run(sql, () => {
      const own = [owner, Math.ceil(Date.now() + holdMs), holdMs, this.#key];
      return row ? [...own, String(row[0]), Number(row[1])] : own;
    });
    return rows.length > 0;
  }

  async extend(owner: string, holdMs: number): Promise<boolean> {
    const rows = await this.#connection.run(this.#sql.extendLock, () => {
      const now = Date.now();
      return [Math.ceil(now + holdMs), this.#key, owner, now];
    });
    return rows.length > 0;
  }

  async isHeld(owner: string): Promise<boolean> {
    const [row] = await this.#connection.run(this.#sql.readLock, () => [this.#key]);
    return row?.[0] === owner && Number(row[1]) > Date.now();
  }

  async release(owner: string): Promise<void> {
    await this.#connection.run(this.#sql.deleteLock, () => [this.#key, owner]);
  }

  /** Whether the time of another's lock is over: by the clock, or seen to pass, because the clock may have been set back. */
  #isOver([owner, end, holdMs]: SqliteRow): boolean {
    const now = performance.now();
    const seen = `${String(owner)} ${String(end)}`;
    if (seen !== this.#seen) [this.#seen, this.#since] = [seen, now];
    return Number(end) <= Date.now() || now - this.#since > Number(holdMs);
  }
}
