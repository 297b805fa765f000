import {
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  MemoryTokenStore,
  OAuthError,
  type StoredToken,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";

/** A token store over the network, as processes on several machines share it; see StoreServer. */
export class SharedStore implements TokenStore {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(key: string): Promise<StoredToken | undefined> {
    return this.#ask("get", key);
  }

  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    return this.#ask("set", key, expected, JSON.stringify(next));
  }

  delete(key: string, expected?: string): Promise<boolean> {
    return this.#ask("delete", key, expected);
  }

  keys(query?: KeyQuery): Promise<KeyPage> {
    return this.#ask("keys", JSON.stringify(query ?? {}));
  }

  async withLock<T>(
    key: string,
    { waitMs, holdMs }: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const owner = globalThis.crypto.randomUUID();
    const end = Date.now() + waitMs;
    while (!(await this.#ask("acquire", key, owner, String(holdMs)))) {
      if (Date.now() >= end) {
        throw new OAuthError("STORE_LOCK_TIMEOUT", "The lock is held.", { retryable: true });
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const lost = new AbortController();
    let timer = setTimeout(() => lost.abort(), holdMs);
    try {
      return await work({
        signal: lost.signal,
        isHeld: () => this.#ask("held", key, owner),
        extend: async () => {
          const isHeld = await this.#ask<boolean>("extend", key, owner, String(holdMs));
          clearTimeout(timer);
          if (isHeld) timer = setTimeout(() => lost.abort(), holdMs);
          return isHeld;
        },
      });
    } finally {
      clearTimeout(timer);
      await this.#ask("release", key, owner);
    }
  }

  check(): Promise<void> {
    return this.#ask("get", "check");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #ask<Value>(...question: readonly (string | undefined)[]): Promise<Value> {
    const body = JSON.stringify(question);
    const response = await fetch(this.#url, { method: "POST", body });
    return ((await response.json()) as { value: Value }).value;
  }
}

/** A store whose locks keep out nobody but its own process. */
export class LocallyLockedStore extends SharedStore {
  readonly #locks = new MemoryTokenStore();

  override withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>) {
    return this.#locks.withLock(key, limits, work);
  }
}
