import { randomUUID } from "node:crypto";
import type { LockLimits, StoreLease } from "@grantkit/core";
import type { Connection } from "./connection.ts";
import { ACQUIRE, EXTEND, RELEASE } from "./scripts.ts";

/** Milliseconds between two attempts, at first and at most. There are no subscriptions: Redis over HTTP has none. */
const PAUSES = { first: 5, longest: 100 };

/** A longer delay would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** A lock that this process has, or had. Redis ends it by its own clock; this process also stops by its monotonic one. */
export class Lock implements Required<StoreLease> {
  readonly #connection: Connection;
  readonly #name: string;
  readonly #owner = randomUUID();
  readonly #holdMs: number;
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;

  private constructor(connection: Connection, name: string, holdMs: number) {
    this.#connection = connection;
    this.#name = name;
    this.#holdMs = Math.max(1, Math.ceil(holdMs));
  }

  /**
   * Takes a lock, and waits until it is free.
   *
   * @returns undefined when it was not free within `waitMs`.
   */
  static async take(
    connection: Connection,
    name: string,
    { waitMs, holdMs }: LockLimits,
  ): Promise<Lock | undefined> {
    const lock = new Lock(connection, name, holdMs);
    const start = performance.now();
    for (let pause = PAUSES.first; ; pause = Math.min(2 * pause, PAUSES.longest)) {
      if (await lock.#acquire()) return lock;
      const left = waitMs - (performance.now() - start);
      if (!(left > 0)) return undefined;
      const delay = Math.min(left, pause * (0.5 + Math.random()));
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async isHeld(): Promise<boolean> {
    if (this.#isOver()) return false;
    const owner = await this.#connection.get(this.#name);
    return this.#isStillHeld(owner === this.#owner);
  }

  async extend(): Promise<boolean> {
    if (this.#isOver()) return false;
    const asked = performance.now();
    const parameters = [this.#owner, this.#holdMs];
    const answer = await this.#connection.run(EXTEND, [this.#name], parameters);
    const isHeld = this.#isStillHeld(Number(answer) === 1);
    if (isHeld) this.#watch(asked);
    return isHeld;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.#connection.run(RELEASE, [this.#name], [this.#owner]);
  }

  async #acquire(): Promise<boolean> {
    const asked = performance.now();
    const parameters = [this.#owner, this.#holdMs];
    const answer = await this.#connection.write(ACQUIRE, [this.#name], parameters);
    if (Number(answer) !== 1) return false;
    this.#watch(asked);
    return true;
  }

  /** A lock that was lost or given back once is not had again. */
  #isOver(): boolean {
    return this.#isReleased || this.#lost.signal.aborted;
  }

  #isStillHeld(isHeld: boolean): boolean {
    if (!isHeld && !this.#isReleased) this.#end();
    return isHeld && !this.#isOver();
  }

  /** Ends the lock when its time is over, counted from before Redis was asked. */
  #watch(asked: number): void {
    clearTimeout(this.#timer);
    const left = Math.min(asked + this.#holdMs - performance.now(), LONGEST_DELAY);
    this.#timer = setTimeout(() => this.#end(), left);
    // A lock keeps no process alive.
    this.#timer.unref();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#lost.abort(new DOMException("The lock has expired", "TimeoutError"));
  }
}
