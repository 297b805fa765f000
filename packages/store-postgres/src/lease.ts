import type { StoreLease } from "@grantkit/core";
import type { Database } from "./database.ts";
import type { Statements } from "./statements.ts";

/** Whose lease it is. */
export interface LeaseOwner {
  /** The row's primary key. */
  readonly key: string;
  /** A name that nobody else has. */
  readonly owner: string;
  readonly holdMs: number;
}

/** The lease of a row, as its holder sees it. */
export class Lease implements Required<StoreLease> {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #owner: LeaseOwner;
  readonly #lost = new AbortController();
  /** By this process's monotonic clock. The server's lease ends later, because it began later. */
  #until = 0;
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;

  /** @param asked - When the lease was asked for, by `performance.now()`. */
  constructor(database: Database, sql: Statements, owner: LeaseOwner, asked: number) {
    this.#database = database;
    this.#sql = sql;
    this.#owner = owner;
    this.#lastFrom(asked);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  isHeld(): Promise<boolean> {
    return this.#confirm(this.#sql.isHeld, []);
  }

  async extend(): Promise<boolean> {
    const asked = performance.now();
    const isHeld = await this.#confirm(this.#sql.extend, [String(this.#owner.holdMs)]);
    if (isHeld) this.#lastFrom(asked);
    return isHeld;
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isReleased = true;
    const { key, owner } = this.#owner;
    const [row] = await this.#database.ask(this.#sql.release, [key, owner]);
    if (row?.["content"] === "nothing") await this.#database.ask(this.#sql.tidy, [key]);
  }

  /** Asks the server; a lease that was lost or given back once is not had again. */
  async #confirm(sql: string, parameters: readonly string[]): Promise<boolean> {
    if (this.#isOver()) return false;
    const { key, owner } = this.#owner;
    const rows = await this.#database.ask(sql, [key, owner, ...parameters]);
    if (rows.length === 0) this.#end();
    return !this.#isOver();
  }

  #isOver(): boolean {
    // By the clock too: the timer of a process that was paused is late.
    if (performance.now() >= this.#until) this.#end();
    return this.#isReleased || this.#lost.signal.aborted;
  }

  #lastFrom(asked: number): void {
    this.#until = asked + this.#owner.holdMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), this.#until - performance.now());
    // A lock keeps no process alive.
    this.#timer.unref();
  }

  #end(): void {
    if (!this.#isReleased)
      this.#lost.abort(new DOMException("The lock has expired", "TimeoutError"));
  }
}
