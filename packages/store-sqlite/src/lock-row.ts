import type { StoreLock } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import type { SqliteRow } from "./sqlite-database.ts";
import type { Statements } from "./statements.ts";

/** The time, in milliseconds: by the machine's clock, and since the machine started, the same in all processes. */
export function bothClocks(): readonly [now: number, uptime: number] {
  const [seconds, nanoseconds] = process.hrtime();
  return [Date.now(), seconds * 1000 + nanoseconds / 1e6];
}

/**
 * The lock of one key: a row with its owner and the end of its time. The time is over when both clocks say so, because somebody may
 * set the one, and the other begins anew with the machine. Nobody needs the row after a power cut.
 */
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
    const seen = row ? [String(row[0]), Number(row[1]), Number(row[2])] : [];
    const parameters = () => [owner, ...endsOf(holdMs), Math.ceil(holdMs), this.#key, ...seen];
    const rows = await this.#connection.run(sql, parameters, false);
    return rows.length > 0;
  }

  async extend(owner: string, holdMs: number): Promise<boolean> {
    const parameters = () => [...endsOf(holdMs), this.#key, owner];
    const rows = await this.#connection.run(this.#sql.extendLock, parameters, false);
    return rows.length > 0;
  }

  async isHeld(owner: string): Promise<boolean> {
    const [row] = await this.#connection.run(this.#sql.readLock, () => [this.#key]);
    return row?.[0] === owner;
  }

  async release(owner: string): Promise<void> {
    await this.#connection.run(this.#sql.deleteLock, () => [this.#key, owner], false);
  }

  /** Whether another's time is over: by both clocks, or it was seen to pass, because a clock may have been wrong when it began. */
  #isOver([owner, end, endByUptime, holdMs]: SqliteRow): boolean {
    const since = performance.now();
    const seen = `${String(owner)} ${String(end)} ${String(endByUptime)}`;
    if (seen !== this.#seen) [this.#seen, this.#since] = [seen, since];
    const [now, uptime] = bothClocks();
    const isPast = Number(end) <= now && Number(endByUptime) <= uptime;
    return isPast || since - this.#since > Number(holdMs);
  }
}

function endsOf(holdMs: number): readonly number[] {
  return bothClocks().map((time) => Math.ceil(time + holdMs));
}
