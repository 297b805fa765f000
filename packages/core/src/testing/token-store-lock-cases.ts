import { OAuthError } from "../errors/oauth-error.ts";
import type { LockLimits, StoreLease, TokenStore } from "../tokens/token-store.ts";
import { expectThat, type StoreCases, turns, until } from "./store-case.ts";

const LIMITS = { waitMs: 2000, holdMs: 2000 };
const LONG = { waitMs: 30_000, holdMs: 30_000 };

/** Takes a lock and keeps it until `end` is called. `work` fails when the store does not give it. */
async function hold(store: TokenStore, key: string, limits: LockLimits) {
  let lease: StoreLease | undefined;
  let end: (() => void) | undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const work = store.withLock(key, limits, (given) => {
    lease = given;
    return over;
  });
  // Awaited only later, if the case gets there: an unhandled rejection would end the process.
  work.catch(() => undefined);
  await until(() => lease !== undefined);
  return { lease, end: () => end?.(), work };
}

/** Returns the result or the error of work that needs no time; undefined when it takes long. */
function soon<T>(work: Promise<T>): Promise<unknown> {
  return Promise.race([work.catch((error: unknown) => error), turns(500)]);
}

export const lockCases: StoreCases = {
  "withLock() gives what the work gives, and throws what it throws": async ({ store, key }) => {
    const given = await store.withLock(key, LIMITS, () => Promise.resolve("done"));
    expectThat(given === "done", "withLock() resolves to what the work resolved to");
    const thrown = new Error("the work failed");
    const seen: unknown = await store
      .withLock(key, LIMITS, () => Promise.reject(thrown))
      .catch((error: unknown) => error);
    expectThat(seen === thrown, "withLock() rejects with what the work rejected with");
    const next = store.withLock(key, LIMITS, () => Promise.resolve("next"));
    const again: unknown = await soon(next);
    expectThat(again === "next", "the lock is given back when the work fails");
  },
  "one holder at a time, whichever way it comes, and everybody has a turn": async ({
    store,
    peer,
    key,
  }) => {
    let holders = 0;
    let most = 0;
    let taken = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? store : peer).withLock(key, LONG, async () => {
          holders += 1;
          most = Math.max(most, holders);
          await turns(3);
          holders -= 1;
          taken += 1;
        }),
      ),
    );
    expectThat(most === 1, `a lock has one holder at a time (${most} were seen)`);
    expectThat(taken === 10, "every waiter has its turn");
  },
  "the lock of one key keeps nobody else waiting": async ({ store, key }) => {
    const held = await hold(store, key, LONG);
    const other: unknown = await soon(
      store.withLock(`${key}+`, LIMITS, () => Promise.resolve("other")),
    );
    held.end();
    await held.work;
    expectThat(other === "other", "locks are by key");
  },
  "a lock that cannot be had in time is STORE_LOCK_TIMEOUT, and the work is not done": async ({
    store,
    peer,
    key,
    lapse,
  }) => {
    const held = await hold(store, key, { waitMs: 1000, holdMs: 60_000 });
    let worked = false;
    const waiting = peer
      .withLock(key, { waitMs: 200, holdMs: 1000 }, () => {
        worked = true;
        return Promise.resolve();
      })
      .catch((error: unknown) => error);
    await turns();
    await lapse(300);
    const seen = await soon(waiting);
    held.end();
    await held.work;
    await waiting;
    expectThat(
      OAuthError.isInstance(seen) && seen.code === "STORE_LOCK_TIMEOUT" && seen.retryable,
      "who waited in vain gets, when waitMs is over, a retryable OAuthError STORE_LOCK_TIMEOUT",
    );
    expectThat(!worked, "who waited in vain does no work");
  },
  "the lease says that the lock is held while the work goes on, and not after it": async ({
    store,
    key,
  }) => {
    const lease = await store.withLock(key, LIMITS, async (given) => {
      expectThat(await given.isHeld(), "isHeld() is true while the lock is held");
      expectThat(!given.signal.aborted, "the signal is quiet while the lock is held");
      return given;
    });
    expectThat(!(await lease.isHeld()), "isHeld() is false after the work");
  },
  "a lock ends by itself after holdMs: the lease says so, and the next holder has it": async ({
    store,
    peer,
    key,
    lapse,
  }) => {
    const first = await hold(store, key, { waitMs: 1000, holdMs: 200 });
    await lapse(300);
    await turns();
    const second = await hold(peer, key, { waitMs: 1000, holdMs: 30_000 });
    const [isHeld, isAborted] = [await first.lease?.isHeld(), first.lease?.signal.aborted];
    // The first holder comes back much too late: the lock is not its to give back.
    first.end();
    await first.work;
    await turns();
    const isStillHad = await second.lease?.isHeld();
    let isThirdIn = false;
    const third = store.withLock(key, LONG, () => {
      isThirdIn = true;
      return Promise.resolve();
    });
    third.catch(() => undefined);
    await turns();
    const isAlone = !isThirdIn;
    second.end();
    await Promise.all([second.work, third]);
    expectThat(isHeld === false, "isHeld() is false after holdMs");
    expectThat(isAborted === true, "the signal has aborted after holdMs");
    expectThat(second.lease !== undefined, "another has the lock when its time was up");
    expectThat(isAlone && isStillHad === true, "who lost a lock does not give back another's");
  },
  "a lock that its holder extends lasts, and one that was lost is not extended": async ({
    store,
    peer,
    key,
    lapse,
  }) => {
    const first = await hold(store, key, { waitMs: 1000, holdMs: 3000 });
    const { lease } = first;
    // A store may leave it out; how long its locks last is then up to holdMs alone.
    const extend = lease?.extend?.bind(lease);
    let isOtherIn = false;
    const other = peer.withLock(key, LONG, () => {
      isOtherIn = true;
      return Promise.resolve();
    });
    other.catch(() => undefined);
    const answers: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      if (!extend) break;
      // A third of holdMs: a busy machine may take two seconds more.
      await lapse(1100);
      answers.push(await extend());
    }
    await turns();
    const isAlone = !isOtherIn;
    const isHeld = await lease?.isHeld();
    const isAborted = lease?.signal.aborted;
    await lapse(3300);
    await turns();
    const late = await extend?.();
    first.end();
    await Promise.all([first.work, other]);
    const after = await extend?.();
    if (!extend) return;
    expectThat(
      answers.every((answer) => answer === true),
      "extend() of a held lock returns true",
    );
    expectThat(isAlone, "a lock that is extended within holdMs keeps others out");
    expectThat(isHeld === true && !isAborted, "the lease says that an extended lock is held");
    expectThat(late === false, "extend() of a lost lock returns false");
    expectThat(after === false, "extend() of a released lock returns false");
  },
};
