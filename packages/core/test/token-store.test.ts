import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import {
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  MemoryTokenStore,
  type StoredToken,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import { type ConformanceCase, FakeClock, tokenStoreConformance } from "@grantkit/core/testing";
import { pageOfKeys, readKeyQuery } from "@grantkit/core/requests";
import { turns } from "./support/turns.ts";

function casesOf(
  Store: new (options: { clock: FakeClock }) => TokenStore,
): readonly ConformanceCase[] {
  const clock = new FakeClock();
  return tokenStoreConformance({
    makeStore: () => new Store({ clock }),
    lapse: (milliseconds) => clock.advance(milliseconds),
  });
}

describe("MemoryTokenStore keeps every promise of a TokenStore:", () => {
  for (const each of casesOf(MemoryTokenStore)) it(each.name, () => each.run());
});

describe("MemoryTokenStore", () => {
  it("keeps the same promises by the machine's own clock", async () => {
    const cases = tokenStoreConformance({ makeStore: () => new MemoryTokenStore() });
    await Promise.all(cases.map((each) => each.run()));
    expect(cases.length).toBeGreaterThan(15);
  });

  it("gives a lock to those who wait for it in the order in which they asked", async () => {
    const store = new MemoryTokenStore({ clock: new FakeClock() });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        store.withLock("k", { waitMs: 1, holdMs: 1 }, async () => {
          await Promise.resolve();
          order.push(index);
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it("says that a lock has ended at its time, even when the event loop is too busy for timers", async () => {
    let now = 0;
    const store = new MemoryTokenStore({ clock: { now: () => now, after: () => () => undefined } });
    await store.withLock("k", { waitMs: 1, holdMs: 100 }, async (lease) => {
      now = 99;
      expect(await lease.isHeld()).toBe(true);
      now = 100;
      expect(await lease.isHeld()).toBe(false);
    });
  });

  it("keeps the process alive for those who wait for a lock", async () => {
    const clock = new FakeClock();
    const after = jest.spyOn(clock, "after");
    const store = new MemoryTokenStore({ clock });
    await store.withLock("k", { waitMs: 0, holdMs: 50 }, async () => {
      const waiting = store.withLock("k", { waitMs: 20, holdMs: 50 }, () => turns());
      await turns();
      clock.advance(20);
      await expect(waiting).rejects.toMatchObject({ code: "STORE_LOCK_TIMEOUT" });
    });
    expect(after.mock.calls as unknown[]).toContainEqual([20, expect.any(Function), true]);
  });

  it("rejects, and does not throw, for a record that JSON cannot hold", async () => {
    const circular: Record<string, unknown> = { accessToken: "at" };
    circular["raw"] = circular;
    const store = new MemoryTokenStore();
    const writing = store.compareAndSet("k", undefined, circular as unknown as TokenRecord);
    await expect(writing).rejects.toThrow(TypeError);
    expect(await store.get("k")).toBeUndefined();
  });

  it("leaves no timer behind when all locks were given back", async () => {
    const clock = new FakeClock();
    const store = new MemoryTokenStore({ clock });
    await Promise.all(
      [1, 2, 3].map(() => store.withLock("k", { waitMs: 10, holdMs: 10 }, () => turns(2))),
    );
    expect(clock.pending).toBe(0);
  });
});

/** Stores that break one promise each, with what the suite says of that promise. */
const BROKEN: readonly [string, new (options: { clock: FakeClock }) => TokenStore, RegExp][] = [
  [
    "writes whatever the version",
    class extends MemoryTokenStore {
      override async compareAndSet(key: string, _expected: string | undefined, next: TokenRecord) {
        return super.compareAndSet(key, (await this.get(key))?.version, next);
      }
    },
    /expects another version is refused/,
  ],
  [
    "compares, and sets a moment later",
    class extends MemoryTokenStore {
      override async compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
        const found = await this.get(key);
        if (found?.version !== expected) return undefined;
        await turns(1);
        return super.compareAndSet(key, (await this.get(key))?.version, next);
      }
    },
    /one of 20 writers/,
  ],
  [
    "counts versions from 1 again after a delete",
    class extends MemoryTokenStore {
      readonly #counts = new Map<string, number>();
      override async get(key: string): Promise<StoredToken | undefined> {
        const found = await super.get(key);
        return found && { ...found, version: String(this.#counts.get(key)) };
      }
      override async compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
        const found = await super.get(key);
        const count = this.#counts.get(key);
        if ((found && String(count)) !== expected) return undefined;
        await super.compareAndSet(key, found?.version, next);
        this.#counts.set(key, found ? (count ?? 0) + 1 : 1);
        return String(this.#counts.get(key));
      }
      override async delete(key: string, expected?: string) {
        const found = await this.get(key);
        return !!found && (!expected || expected === found.version) && super.delete(key);
      }
    },
    /began before a delete fails|each write has its own version/,
  ],
  [
    "locks nothing",
    class extends MemoryTokenStore {
      override withLock<T>(
        _key: string,
        _limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        const { signal } = new AbortController();
        return work({ signal, isHeld: () => Promise.resolve(true) });
      }
    },
    /one holder at a time/,
  ],
  [
    "has one lock for all keys",
    class extends MemoryTokenStore {
      override withLock<T>(
        _key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return super.withLock("", limits, work);
      }
    },
    /locks are by key/,
  ],
  [
    "holds a lock until it is given back",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return super.withLock(key, { ...limits, holdMs: 1e9 }, work);
      }
    },
    /after holdMs|when its time was up/,
  ],
  [
    "waits for a lock as long as it takes",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return super.withLock(key, { ...limits, waitMs: 1e9 }, work);
      }
    },
    /when waitMs is over/,
  ],
  [
    "never says that a lock was lost",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        const { signal } = new AbortController();
        return super.withLock(key, limits, () =>
          work({ signal, isHeld: () => Promise.resolve(true) }),
        );
      }
    },
    /isHeld\(\) is false after holdMs/,
  ],
  [
    "does not extend a lock, and says that it did",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return super.withLock(key, limits, (lease) =>
          work({ ...lease, extend: () => Promise.resolve(true) }),
        );
      }
    },
    /extended within holdMs keeps others out/,
  ],
  [
    "extends a lock that was lost",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return super.withLock(key, limits, (lease) =>
          work({ ...lease, extend: async () => (await lease.extend?.()) || true }),
        );
      }
    },
    /extend\(\) of a lost lock returns false/,
  ],
  [
    "keeps a lock when the work fails",
    class extends MemoryTokenStore {
      override withLock<T>(
        key: string,
        limits: LockLimits,
        work: (lease: StoreLease) => Promise<T>,
      ) {
        return new Promise<T>((resolve, reject) => {
          void super
            .withLock(key, limits, async (lease) => {
              try {
                resolve(await work(lease));
              } catch (error) {
                reject(error);
                await new Promise(() => undefined);
              }
            })
            .catch(reject);
        });
      }
    },
    /given back when the work fails/,
  ],
  [
    "gives out the record that it keeps",
    class extends MemoryTokenStore {
      readonly #kept = new Map<string, TokenRecord>();
      override async get(key: string) {
        const found = await super.get(key);
        return found && { ...found, token: this.#kept.get(key) ?? found.token };
      }
      override async compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
        const version = await super.compareAndSet(key, expected, next);
        if (version !== undefined) this.#kept.set(key, next);
        return version;
      }
    },
    /a copy of its own/,
  ],
  [
    "cuts long keys",
    class extends MemoryTokenStore {
      override get(key: string) {
        return super.get(key.slice(-255));
      }
      override compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
        return super.compareAndSet(key.slice(-255), expected, next);
      }
      override delete(key: string, expected?: string) {
        return super.delete(key.slice(-255), expected);
      }
    },
    /strange key \d+ is nobody else's/,
  ],
  [
    "deletes any version",
    class extends MemoryTokenStore {
      override delete(key: string) {
        return super.delete(key);
      }
    },
    /delete\(\) of an old version is false/,
  ],
  [
    "always says that it deleted",
    class extends MemoryTokenStore {
      override async delete(key: string, expected?: string) {
        await super.delete(key, expected);
        return true;
      }
    },
    /delete\(\) of nothing is false/,
  ],
  [
    "takes the prefix of keys() for a pattern",
    class extends MemoryTokenStore {
      override async keys({ prefix = "", ...query }: KeyQuery = {}): Promise<KeyPage> {
        const pattern = new RegExp(
          `^${prefix.replaceAll(/[\\^$.|?()[{]/g, "\\$&").replace("*", ".*")}`,
        );
        const { keys } = await super.keys({ limit: 1000 });
        return pageOfKeys(
          keys.filter((key) => pattern.test(key)),
          query,
        );
      }
    },
    /fits only itself/,
  ],
  [
    "counts the keys of the pages before",
    class extends MemoryTokenStore {
      override async keys({ cursor, limit = 100, ...query }: KeyQuery = {}): Promise<KeyPage> {
        readKeyQuery({ limit, ...query });
        const { keys } = await super.keys({ ...query, limit: 1000 });
        const end = Number(cursor ?? 0) + limit;
        const page = keys.slice(Number(cursor ?? 0), end);
        return end < keys.length ? { keys: page, cursor: String(end) } : { keys: page };
      }
    },
    /a record all the time is listed once/,
  ],
  [
    "lists what was deleted",
    class extends MemoryTokenStore {
      readonly #ever = new Set<string>();
      override compareAndSet(key: string, expected: string | undefined, next: TokenRecord) {
        this.#ever.add(key);
        return super.compareAndSet(key, expected, next);
      }
      override async keys(query?: KeyQuery): Promise<KeyPage> {
        return Promise.resolve(pageOfKeys(this.#ever, query));
      }
    },
    /lists what has a record, and only that/,
  ],
  [
    "lists one page only",
    class extends MemoryTokenStore {
      override async keys(query?: KeyQuery): Promise<KeyPage> {
        return { keys: (await super.keys(query)).keys };
      }
    },
    /lists each key once, in pages of 1/,
  ],
];

it("the conformance suite passes a store that cannot extend its locks", async () => {
  class Plain extends MemoryTokenStore {
    override withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>) {
      return super.withLock(key, limits, (lease) =>
        work({ signal: lease.signal, isHeld: () => lease.isHeld() }),
      );
    }
  }
  for (const each of casesOf(Plain)) await each.run();
});

describe("the conformance suite finds a store that", () => {
  /** The suite's findings for each store. All run at once, as the suite waits a second for a lock that is never released. */
  let found: readonly string[];

  beforeAll(async () => {
    found = await Promise.all(
      BROKEN.map(async ([, Store]) => {
        const failures: string[] = [];
        for (const each of casesOf(Store)) {
          await each.run().catch((error: unknown) => failures.push((error as Error).message));
        }
        return failures.join("\n");
      }),
    );
  });

  it.each(BROKEN.map(([name, , promise], index) => [name, promise, index] as const))(
    "%s",
    (_name, promise, index) => {
      expect(found[index]).toMatch(promise);
    },
  );
});
