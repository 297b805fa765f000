// Takes some seconds: a lock ends by the machine's clock.
import { describe, expect, it } from "@jest/globals";
import { type LockLimits, MemoryTokenStore, type StoreLease } from "@grantkit/core";
import { type StoreLock, withStoreLock } from "@grantkit/core/requests";
import { tokenStoreConformance } from "@grantkit/core/testing";

/** A database with a row for each lock. */
class Rows {
  readonly #rows = new Map<string, { readonly owner: string; until: number }>();
  releases = 0;

  lock(key: string): StoreLock {
    const own = (owner: string) => {
      const row = this.#rows.get(key);
      return row?.owner === owner && row.until > Date.now() ? row : undefined;
    };
    return {
      acquire: async (owner, holdMs) => {
        await Promise.resolve();
        const row = this.#rows.get(key);
        if (row && row.owner !== owner && row.until > Date.now()) return false;
        this.#rows.set(key, { owner, until: Date.now() + holdMs });
        return true;
      },
      extend: async (owner, holdMs) => {
        await Promise.resolve();
        const row = own(owner);
        if (row) row.until = Date.now() + holdMs;
        return row !== undefined;
      },
      isHeld: async (owner) => {
        await Promise.resolve();
        return own(owner) !== undefined;
      },
      release: async (owner) => {
        await Promise.resolve();
        this.releases += 1;
        if (own(owner)) this.#rows.delete(key);
      },
    };
  }
}

class StoreWithRows extends MemoryTokenStore {
  readonly #rows = new Rows();
  override withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>) {
    return withStoreLock(this.#rows.lock(key), limits, work);
  }
}

describe("a store whose lock is four statements keeps every promise of a TokenStore:", () => {
  const cases = tokenStoreConformance({ makeStore: () => new StoreWithRows() });
  for (const each of cases) it(each.name, () => each.run());
});

const LIMITS = { waitMs: 1000, holdMs: 1000 };

it("gives what the work gives though the lock cannot be given back", async () => {
  const lock = new Rows().lock("k");
  lock.release = () => Promise.reject(new Error("connection lost"));
  expect(await withStoreLock(lock, LIMITS, () => Promise.resolve("done"))).toBe("done");
});

it("throws what the database throws, and gives back no lock that it never had", async () => {
  const rows = new Rows();
  const lock = rows.lock("k");
  const lost = new Error("connection lost");
  lock.acquire = () => Promise.reject(lost);
  const work = withStoreLock(lock, LIMITS, () => Promise.resolve());
  await expect(work).rejects.toBe(lost);
  expect(rows.releases).toBe(0);
});

it("says that a lock has ended when the database says so, and does not ask it again", async () => {
  const lock = new Rows().lock("k");
  let asked = 0;
  lock.isHeld = () => {
    asked += 1;
    return Promise.resolve(false);
  };
  await withStoreLock(lock, LIMITS, async (lease) => {
    expect(await lease.isHeld()).toBe(false);
    expect(lease.signal.aborted).toBe(true);
    expect(await lease.extend?.()).toBe(false);
    expect(await lease.isHeld()).toBe(false);
  });
  expect(asked).toBe(1);
});

it("counts the time of a lock from before the database was asked", async () => {
  const lock = new Rows().lock("k");
  const acquire = lock.acquire.bind(lock);
  lock.acquire = async (owner, holdMs) => {
    const isAcquired = await acquire(owner, holdMs);
    await new Promise((resolve) => setTimeout(resolve, 60));
    return isAcquired;
  };
  lock.isHeld = () => Promise.resolve(true);
  const isHeld = await withStoreLock(lock, { waitMs: 1000, holdMs: 50 }, (lease) => lease.isHeld());
  expect(isHeld).toBe(false);
});

it("waits for no time if the time to wait is not a number", async () => {
  const rows = new Rows();
  await withStoreLock(rows.lock("k"), LIMITS, async () => {
    const limits = { waitMs: Number.NaN, holdMs: 1000 };
    const waiting = withStoreLock(rows.lock("k"), limits, () => Promise.resolve());
    await expect(waiting).rejects.toMatchObject({ code: "STORE_LOCK_TIMEOUT" });
  });
});

it("holds a lock that lasts for months", async () => {
  const limits = { waitMs: 0, holdMs: 2 ** 33 };
  const isHeld = await withStoreLock(new Rows().lock("k"), limits, async (lease) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return !lease.signal.aborted && (await lease.isHeld());
  });
  expect(isHeld).toBe(true);
});
