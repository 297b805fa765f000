import type { Clock } from "../clock.ts";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test advances it. Give it to a client or a store as its `clock`.
 *
 * @example
 * ```ts
 * import { MemoryTokenStore } from "@grantkit/core";
 * import { FakeClock } from "@grantkit/core/testing";
 *
 * const clock = new FakeClock();
 * export const store = new MemoryTokenStore({ clock });
 * clock.advance(60_000);
 * ```
 */
export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();
  readonly #waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();

  /** @param now - Milliseconds since the epoch at the start: a whole second. */
  constructor(now: number = Date.UTC(2026, 0, 15, 12)) {
    this.#now = now;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now;
  }

  /** The time in whole seconds, as JWTs have it. */
  get seconds(): number {
    return Math.floor(this.#now / 1000);
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer is due; undefined without one. */
  get untilNext(): number | undefined {
    if (this.#timers.size === 0) return undefined;
    const due = Math.min(...Array.from(this.#timers, (timer) => timer.due));
    return Math.max(0, due - this.#now);
  }

  /** Calls back when so many milliseconds have passed; the returned function cancels. */
  after(milliseconds: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    for (const waiter of this.#waiting) {
      if (this.#timers.size >= waiter.count) {
        this.#waiting.delete(waiter);
        waiter.resolve();
      }
    }
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Resolves when so many timers are pending. */
  async scheduled(count = 1): Promise<void> {
    if (this.#timers.size >= count) return;
    await new Promise<void>((resolve) => this.#waiting.add({ count, resolve }));
  }

  /** Advances the clock by milliseconds; timers that become due fire in order, each at its own time. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
    }
    this.#now = end;
  }
}
