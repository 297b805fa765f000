import type {
  KeyPage,
  KeyQuery,
  LockLimits,
  StoredToken,
  StoreLease,
  TokenRecord,
  TokenStore,
} from "@grantkit/core";
import type { Stop } from "./task.ts";

/** A store in between, in which a call can be stopped. */
export class StoppingStore implements TokenStore {
  readonly #store: TokenStore;
  readonly #stop: (at: Stop, key: string) => Promise<void>;

  /** @param stop - Resolves when the call is to go on. */
  constructor(store: TokenStore, stop: (at: Stop, key: string) => Promise<void>) {
    this.#store = store;
    this.#stop = stop;
  }

  get(key: string): Promise<StoredToken | undefined> {
    return this.#store.get(key);
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    await this.#stop("before the save", key);
    const version = await this.#store.compareAndSet(key, expected, next);
    await this.#stop("after the save", key);
    return version;
  }

  delete(key: string, expected?: string): Promise<boolean> {
    return this.#store.delete(key, expected);
  }

  async withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    await this.#stop("before the lock", key);
    return this.#store.withLock(key, limits, (lease) =>
      work({
        signal: lease.signal,
        // Asked just before the refresh token is sent.
        isHeld: async () => {
          await this.#stop("before the request", key);
          return lease.isHeld();
        },
        ...(lease.extend && { extend: () => lease.extend?.() ?? Promise.resolve(false) }),
      }),
    );
  }

  keys(query?: KeyQuery): Promise<KeyPage> {
    return this.#store.keys(query);
  }

  check(): Promise<void> {
    return this.#store.check();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
