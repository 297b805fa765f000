import { lockTimeout } from "./token-errors.ts";
import type { LockLimits, StoreLease } from "./token-store.ts";

/**
 * The lock of one key, as a database keeps it: an owner, and the end of its time by the database's clock. Each method is one
 * atomic step.
 */
export interface StoreLock {
  /**
   * Gives the lock to an owner if nobody has it, its time is over, or this owner has it already (the answer to an earlier
   * call may have been lost).
   *
   * @returns Whether the owner has it.
   */
  acquire(owner: string, holdMs: number): Promise<boolean>;
  /** Makes the lock last `holdMs` from now if the owner still has it; whether it does. */
  extend(owner: string, holdMs: number): Promise<boolean>;
  /** Whether the owner still has the lock. */
  isHeld(owner: string): Promise<boolean>;
  /** Ends the lock if the owner still has it. */
  release(owner: string): Promise<void>;
}

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 100;
/** A longer delay would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Does some work under the lock of one key, as `TokenStore.withLock` promises it; for stores. It asks for the lock again and
 * again until it is free, and ends it by this process's monotonic clock too. Its timers keep no process alive.
 *
 * @param lock - The lock, as the database keeps it.
 * @param limits - How long to wait for it, and how long it lasts.
 * @param work - Receives the lease.
 * @throws OAuthError with code `STORE_LOCK_TIMEOUT`.
 * @example
 * ```ts
 * import type { LockLimits, StoreLease } from "@grantkit/core";
 * import { type StoreLock, withStoreLock } from "@grantkit/core/requests";
 *
 * declare function lockRow(key: string): StoreLock; // four short statements
 *
 * export const withLock = <T>(
 *   key: string,
 *   limits: LockLimits,
 *   work: (lease: StoreLease) => Promise<T>,
 * ): Promise<T> => withStoreLock(lockRow(key), limits, work);
 * ```
 */
export async function withStoreLock<T>(
  lock: StoreLock,
  limits: LockLimits,
  work: (lease: StoreLease) => Promise<T>,
): Promise<T> {
  const lease = await acquire(lock, limits);
  try {
    return await work({
      signal: lease.signal,
      isHeld: () => lease.isHeld(),
      extend: () => lease.extend(),
    });
  } finally {
    // If it fails, the lock ends by itself: what the work did counts.
    await lease.release().catch(() => undefined);
  }
}

async function acquire(lock: StoreLock, { waitMs, holdMs }: LockLimits): Promise<Lease> {
  const owner = globalThis.crypto.randomUUID();
  const start = performance.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const asked = performance.now();
    if (await lock.acquire(owner, holdMs)) return new Lease(lock, owner, holdMs, asked);
    const left = waitMs - (performance.now() - start);
    if (!(left > 0)) throw lockTimeout(waitMs);
    const delay = Math.min(left, pause * (0.5 + Math.random()));
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}

class Lease implements Required<StoreLease> {
  readonly #lock: StoreLock;
  readonly #owner: string;
  readonly #holdMs: number;
  readonly #lost = new AbortController();
  /** By the monotonic clock, from before the database was asked: the database's lock ends later. */
  #until = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReleased = false;

  constructor(lock: StoreLock, owner: string, holdMs: number, asked: number) {
    this.#lock = lock;
    this.#owner = owner;
    this.#holdMs = holdMs;
    this.#lastFrom(asked);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  isHeld(): Promise<boolean> {
    return this.#confirm(() => this.#lock.isHeld(this.#owner));
  }

  async extend(): Promise<boolean> {
    const asked = performance.now();
    const isHeld = await this.#confirm(() => this.#lock.extend(this.#owner, this.#holdMs));
    if (isHeld) this.#lastFrom(asked);
    return isHeld;
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isReleased = true;
    await this.#lock.release(this.#owner);
  }

  /** Asks the database; a lock that was lost or given back once is not had again. */
  async #confirm(ask: () => Promise<boolean>): Promise<boolean> {
    if (this.#isOver()) return false;
    if (!(await ask())) this.#end();
    return !this.#isOver();
  }

  #isOver(): boolean {
    // By the clock too: the timer of a process that was paused is late.
    if (performance.now() >= this.#until) this.#end();
    return this.#isReleased || this.#lost.signal.aborted;
  }

  #lastFrom(asked: number): void {
    this.#until = asked + this.#holdMs;
    clearTimeout(this.#timer);
    const left = Math.min(this.#until - performance.now(), LONGEST_DELAY);
    this.#timer = setTimeout(() => this.#end(), left);
    // A lock keeps no process alive. setTimeout() returns a number in browsers and workers.
    if (typeof this.#timer === "object") this.#timer.unref();
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (!this.#isReleased)
      this.#lost.abort(new DOMException("The lock has expired", "TimeoutError"));
  }
}
