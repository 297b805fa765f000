import type { Clock } from "../clock.ts";
import { lockTimeout } from "./token-errors.ts";
import type { LockLimits, StoreLease } from "./token-store.ts";

interface Queue {
  holder: object | undefined;
  /** In the order of arrival. */
  readonly waiting: Set<() => void>;
}

/** Locks by key inside one process, first come, first served. An unlocked key takes no memory. */
export class LockQueues {
  readonly #queues = new Map<string, Queue>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Acquires the lock of a key.
   *
   * @throws OAuthError with code `STORE_LOCK_TIMEOUT` when it was not free within `waitMs` (milliseconds).
   */
  async acquire(
    key: string,
    { waitMs, holdMs }: LockLimits,
  ): Promise<Required<StoreLease> & { readonly release: () => void }> {
    const queue = this.#queues.get(key) ?? { holder: undefined, waiting: new Set() };
    this.#queues.set(key, queue);
    if (queue.holder) await this.#waitForTurn(queue, waitMs);
    const lost = new AbortController();
    const holder = {};
    queue.holder = holder;
    const end = (): void => {
      if (queue.holder !== holder) return;
      queue.holder = undefined;
      const [next] = queue.waiting;
      if (next) next();
      else this.#queues.delete(key);
    };
    let until = 0;
    let cancel: (() => void) | undefined;
    const start = (): void => {
      cancel?.();
      until = this.#clock.now() + holdMs;
      cancel = this.#clock.after(holdMs, () => {
        lost.abort(new DOMException("The lock has expired", "TimeoutError"));
        end();
      });
    };
    start();
    // By the clock too: a process that was paused asks before its timers have run.
    const isHeld = (): boolean => queue.holder === holder && this.#clock.now() < until;
    return {
      signal: lost.signal,
      isHeld: () => Promise.resolve(isHeld()),
      extend: () => {
        if (!isHeld()) return Promise.resolve(false);
        start();
        return Promise.resolve(true);
      },
      release: () => {
        cancel?.();
        end();
      },
    };
  }

  #waitForTurn(queue: Queue, waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = (): void => {
        cancel();
        queue.waiting.delete(take);
        // A placeholder keeps others out until the waiter goes on.
        queue.holder = take;
        resolve();
      };
      const cancel = this.#clock.after(
        waitMs,
        () => {
          queue.waiting.delete(take);
          reject(lockTimeout(waitMs));
        },
        true,
      );
      queue.waiting.add(take);
    });
  }
}
