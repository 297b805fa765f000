import { type Clock, systemClock } from "../clock.ts";
import { ownOptions } from "../options/own-fields.ts";
import { LockQueues } from "./lock-queues.ts";
import { type KeyPage, type KeyQuery, pageOfKeys } from "./store-keys.ts";
import type { TokenRecord } from "./token-record.ts";
import type { LockLimits, StoredToken, StoreLease, TokenStore } from "./token-store.ts";

/**
 * A {@link TokenStore} in this process's memory, for tests, command-line tools and apps of one process. Its tokens are lost
 * when the process ends.
 *
 * @example
 * ```ts
 * import { MemoryTokenStore, type OAuth2Client } from "@grantkit/core";
 *
 * const store = new MemoryTokenStore();
 *
 * export const sessionOf = (client: OAuth2Client, userId: string) =>
 *   client.storedSession({ store, key: userId });
 * ```
 */
export class MemoryTokenStore implements TokenStore {
  readonly #records = new Map<string, { readonly json: string; readonly version: string }>();
  readonly #locks: LockQueues;
  // One count for all keys: no version is used twice, and nothing is kept of deleted records.
  #writes = 0;

  /** @param options - `clock`: time, for tests. */
  constructor(options: { readonly clock?: Clock } = {}) {
    const { clock = systemClock } = ownOptions(options);
    this.#locks = new LockQueues(clock);
  }

  /** See {@link TokenStore.get}. */
  get(key: string): Promise<StoredToken | undefined> {
    const record = this.#records.get(key);
    return Promise.resolve(
      record && { token: JSON.parse(record.json) as TokenRecord, version: record.version },
    );
  }

  /** See {@link TokenStore.compareAndSet}. */
  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    return new Promise((resolve) => resolve(this.#write(key, expected, next)));
  }

  /** See {@link TokenStore.delete}. */
  delete(key: string, expected?: string): Promise<boolean> {
    const record = this.#records.get(key);
    if (!record || (expected !== undefined && record.version !== expected)) {
      return Promise.resolve(false);
    }
    return Promise.resolve(this.#records.delete(key));
  }

  /** See {@link TokenStore.keys}. */
  keys(query?: KeyQuery): Promise<KeyPage> {
    return new Promise((resolve) => resolve(pageOfKeys(this.#records.keys(), query)));
  }

  /** See {@link TokenStore.withLock}. */
  async withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const { release, ...lease } = await this.#locks.acquire(key, limits);
    try {
      return await work(lease);
    } finally {
      release();
    }
  }

  /** See {@link TokenStore.check}; does nothing. */
  check(): Promise<void> {
    return Promise.resolve();
  }

  /** See {@link TokenStore.close}; deletes every token. */
  close(): Promise<void> {
    this.#records.clear();
    return Promise.resolve();
  }

  #write(key: string, expected: string | undefined, next: TokenRecord): string | undefined {
    if (this.#records.get(key)?.version !== expected) return undefined;
    const json = JSON.stringify(next);
    this.#writes += 1;
    const version = String(this.#writes);
    this.#records.set(key, { json, version });
    return version;
  }
}
