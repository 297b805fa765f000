import type { StoreProcess, StoreTask } from "./store-process.ts";
import { expectThat, type StoreCases } from "./store-case.ts";

const PROCESSES = 3;
const TIMES = 5;

/** Has several processes do a task each, at the same time. */
async function inProcesses<T>(
  open: (() => Promise<StoreProcess>) | undefined,
  work: (processes: readonly StoreProcess[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(
    Array.from({ length: PROCESSES }, async () => {
      if (!open) throw new Error("The harness has no processModule.");
      return open();
    }),
  );
  const processes = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  try {
    for (const each of opened) if (each.status === "rejected") throw each.reason;
    return await work(processes);
  } finally {
    await Promise.all(processes.map((each) => each.kill()));
  }
}

const record = (index: number): string => `at-${index}`;

const runAll = (processes: readonly StoreProcess[], task: (index: number) => StoreTask) =>
  Promise.all(processes.map((each, index) => each.run(task(index))));

export const processCases: StoreCases = {
  "several processes: one holder at a time, and no write is lost": ({ store, key, openProcess }) =>
    inProcesses(openProcess, async (processes) => {
      await runAll(processes, () => ({ name: "count", key, times: TIMES }));
      const count = Number((await store.get(key))?.token.accessToken);
      expectThat(
        count === PROCESSES * TIMES,
        `no write under the lock is lost (${count} of ${PROCESSES * TIMES} are there)`,
      );
    }),
  "several processes: exactly one first write succeeds": ({ store, key, openProcess }) =>
    inProcesses(openProcess, async (processes) => {
      const versions = await runAll(processes, (index) => ({
        name: "create",
        key,
        record: record(index),
      }));
      // undefined becomes null or nothing between processes.
      const winners = versions.flatMap((version, index) =>
        typeof version === "string" ? [record(index)] : [],
      );
      const found = await store.get(key);
      expectThat(
        winners.length === 1,
        `exactly one of ${PROCESSES} first writes succeeds (${winners.length} did)`,
      );
      expectThat(
        found?.token.accessToken === winners[0],
        "the write that was reported as successful is in the store",
      );
    }),
  "several processes: the lock of one that was killed ends after holdMs, and not before": ({
    store,
    key,
    openProcess,
  }) =>
    inProcesses(openProcess, async ([holder]) => {
      const holdMs = 1000;
      await holder?.run({ name: "hold", key, holdMs });
      const start = performance.now();
      const early: unknown = await store
        .withLock(key, { waitMs: 100, holdMs }, () => Promise.resolve("had"))
        .catch((error: unknown) => error);
      const isEarly = early === "had" && performance.now() - start < holdMs / 2;
      await holder?.kill();
      const next: unknown = await store
        .withLock(key, { waitMs: 5000, holdMs }, () => Promise.resolve("had"))
        .catch((error: unknown) => error);
      expectThat(!isEarly, "a lock that another process holds keeps others out");
      expectThat(next === "had", `the lock of a killed holder ends after holdMs (${holdMs} ms)`);
    }),
};
