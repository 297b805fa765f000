import type {
  KeyPage,
  KeyQuery,
  LockLimits,
  StoredToken,
  StoreLease,
  TokenRecord,
  TokenStore,
} from "@grantkit/core";
import { recordUnreadable, withStoreLock } from "@grantkit/core/requests";

/** What a store does wrong. */
export type Flaw =
  | "does not lock"
  | "locks by the clock of the process"
  | "never ends a lock"
  | "does not know that a lock is lost"
  | "compares no version"
  | "takes a damaged record for a missing one";

const NEVER = 1e9;

/** A token store of a `StoreServer`, which may have a flaw. A record's version is the record. */
export class ServedStore implements TokenStore {
  readonly #url: string;
  readonly #flaw: Flaw | undefined;

  constructor(url: string, flaw?: Flaw) {
    this.#url = url;
    this.#flaw = flaw;
  }

  async get(key: string): Promise<StoredToken | undefined> {
    const version = await this.#ask<string | undefined>("get", key);
    if (version === undefined) return undefined;
    try {
      const [, token] = JSON.parse(version) as [string, string];
      return { token: JSON.parse(token) as TokenRecord, version };
    } catch {
      if (this.#flaw === "takes a damaged record for a missing one") return undefined;
      throw recordUnreadable(key, "is damaged", "Remove it, and let the user sign in again.");
    }
  }

  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    const version = this.#flaw === "compares no version" ? "any" : expected;
    return this.#ask("set", key, version, JSON.stringify(next));
  }

  delete(key: string, expected?: string): Promise<boolean> {
    return this.#ask("delete", key, expected);
  }

  keys(query?: KeyQuery): Promise<KeyPage> {
    return this.#ask("keys", JSON.stringify(query ?? {}));
  }

  async withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const flaw = this.#flaw;
    const { signal } = new AbortController();
    const always = (): Promise<boolean> => Promise.resolve(true);
    const blind = { signal, isHeld: always, extend: always };
    if (flaw === "does not lock") return work(blind);
    const lock = {
      acquire: (owner: string, holdMs: number): Promise<boolean> => {
        const clock = flaw === "locks by the clock of the process" ? String(Date.now()) : undefined;
        const lasts = flaw === "never ends a lock" ? NEVER : holdMs;
        return this.#ask("acquire", key, owner, String(lasts), clock);
      },
      extend: (owner: string, holdMs: number): Promise<boolean> =>
        this.#ask("extend", key, owner, String(flaw === "never ends a lock" ? NEVER : holdMs)),
      isHeld: (owner: string): Promise<boolean> => this.#ask("isHeld", key, owner),
      release: (owner: string): Promise<void> => this.#ask("release", key, owner),
    };
    const isBlind = flaw === "does not know that a lock is lost";
    return withStoreLock(lock, limits, (lease) => work(isBlind ? blind : lease));
  }

  check(): Promise<void> {
    return this.#ask("get", "check");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #ask<Value>(...question: readonly (string | undefined)[]): Promise<Value> {
    const response = await fetch(this.#url, { method: "POST", body: JSON.stringify(question) });
    return ((await response.json()) as { value: Value }).value;
  }
}

/** Opens the store in another process. */
export function makeStore(parameter: string): ServedStore {
  const { url, flaw } = JSON.parse(parameter) as { url: string; flaw?: Flaw };
  return new ServedStore(url, flaw);
}
