import { type LockLimits, MemoryTokenStore, type StoreLease } from "@grantkit/core";
import { tokenStoreConformance } from "@grantkit/core/testing";

type Work<T> = (lease: StoreLease) => Promise<T>;

/** Locks do not end by themselves. */
class Endless extends MemoryTokenStore {
  override withLock<T>(key: string, limits: LockLimits, work: Work<T>) {
    return super.withLock(key, { ...limits, holdMs: 1e9 }, work);
  }
}

/** Locks do not end at all. */
class NeverReleased extends MemoryTokenStore {
  override withLock<T>(key: string, limits: LockLimits, work: Work<T>) {
    return super.withLock(key, { ...limits, holdMs: 1e9 }, async (lease) => {
      await work(lease);
      return new Promise<T>(() => undefined);
    });
  }
}

/** Locks are never had. */
class NeverTaken extends MemoryTokenStore {
  override withLock<T>() {
    return new Promise<T>(() => undefined);
  }
}

// A plain runner, as a script of one's own is: an unhandled rejection ends it, and so does a case that never settles.
const failures: Record<string, number> = {};
for (const Store of [Endless, NeverReleased, NeverTaken]) {
  const cases = tokenStoreConformance({ makeStore: () => new Store(), timeLimit: 4000 });
  const outcomes = await Promise.allSettled(cases.map((each) => each.run()));
  failures[Store.name] = outcomes.filter(({ status }) => status === "rejected").length;
}
process.stdout.write(JSON.stringify(failures));
