import { once } from "node:events";
import { isOAuthError } from "@grantkit/core";
import { type SqliteDatabase, SqliteTokenStore } from "../../src/index.ts";

export { SqliteTokenStore };

/** What other processes do in the tests: a task, on the database of a file. */
const [task = "", file = "", ...rest] = process.argv.slice(2);
const tell = (message: unknown): void => void process.send?.(message);
const told = (): Promise<unknown> => once(process, "message");

async function open(): Promise<SqliteDatabase> {
  const driver = new URL("driver.mjs", import.meta.url);
  const loaded = (await import(driver.href)) as { open: (file: string) => SqliteDatabase };
  // After the driver was loaded, which another user may not read.
  if (task === "try" && rest[0] && process.geteuid?.() === 0) process.seteuid?.(Number(rest[0]));
  return loaded.open(file);
}

const tasks: Readonly<Record<string, (database: SqliteDatabase) => Promise<void>>> = {
  /** Takes the lock, and when it is told to go on, tries to write what it had begun. */
  async hold(database) {
    const store = new SqliteTokenStore({ database });
    const before = await store.get("k");
    await store.withLock("k", { waitMs: 10_000, holdMs: Number(rest[0]) }, async (lease) => {
      tell("locked");
      await told();
      const isHeld = await lease.isHeld();
      const isExtended = await lease.extend?.();
      const version = await store.compareAndSet("k", before?.version, { accessToken: "late" });
      const isDeleted = await store.delete("k", before?.version);
      tell({ isHeld, isExtended, isWritten: version !== undefined, isDeleted });
    });
  },

  /** Adds one so many times, without a lock; compareAndSet() alone must lose none. Tells the longest stop of the event loop. */
  async add(database) {
    const store = new SqliteTokenStore({ database });
    let [last, longest, tries] = [performance.now(), 0, 0];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    for (let added = 0; added < Number(rest[0]);) {
      tries += 1;
      const found = await store.get("k");
      const accessToken = String(Number(found?.token.accessToken ?? 0) + 1);
      if (await store.compareAndSet("k", found?.version, { accessToken })) added += 1;
    }
    clearInterval(timer);
    tell({ longest, tries });
  },

  /** Keeps the database locked until it is told to go on. */
  async lockDatabase(database) {
    database.exec("BEGIN EXCLUSIVE");
    tell("locked");
    await told();
    database.exec("COMMIT");
    tell("unlocked");
  },

  /** Writes one version after another until it is killed, and tells each that is saved. */
  async write(database) {
    const store = new SqliteTokenStore({ database });
    let version = (await store.get("k"))?.version;
    for (let count = 1; ; count += 1) {
      const accessToken = String(count).repeat(2000);
      version = await store.compareAndSet("k", version, { accessToken });
      tell(count);
    }
  },

  /** Tries each method, as another user if one is given and this one is root, and tells the errors. */
  async try(database) {
    const store = new SqliteTokenStore({ database });
    const calls = [
      () => store.compareAndSet("new", undefined, { accessToken: "new" }),
      () => store.withLock("k", { waitMs: 100, holdMs: 100 }, () => Promise.resolve()),
      () => store.check(),
    ];
    const outcomes: unknown[] = [];
    for (const call of calls) {
      const outcome = await call().then(
        () => "done",
        (error: unknown) =>
          isOAuthError(error) ? { code: error.code, message: error.message } : String(error),
      );
      outcomes.push(outcome);
    }
    tell(outcomes);
  },
};

if (Object.hasOwn(tasks, task)) {
  await tasks[task]?.(await open());
  process.disconnect();
}
