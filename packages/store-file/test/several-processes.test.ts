// Takes some seconds: processes start, are killed and paused, and locks end in real time.
import { afterAll, beforeEach, expect, it } from "@jest/globals";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

let directory: string;
let store: FileTokenStore;
let count = 0;
beforeEach(() => {
  count += 1;
  directory = join(processes.folder, `store-${count}`);
  store = new FileTokenStore({ directory });
});

const write = async (accessToken: string) => {
  const found = await store.get("k");
  return store.compareAndSet("k", found?.version, { accessToken });
};
const had = () => Promise.resolve("had");

it("compareAndSet() without a lock loses no write of 4 processes", async () => {
  const running = Array.from({ length: 4 }, () => processes.start("add", directory, "25"));
  await Promise.all(running.map((each) => each.ended));
  expect((await store.get("k"))?.token.accessToken).toBe("100");
});

it("a process that is killed in the lock is followed when its time is over", async () => {
  await write("first");
  const holder = processes.start("hold", directory, "700");
  await holder.next();
  holder.signal("SIGKILL");
  await holder.ended;
  await expect(store.withLock("k", { waitMs: 50, holdMs: 1 }, had)).rejects.toMatchObject({
    code: "STORE_LOCK_TIMEOUT",
    retryable: true,
  });
  expect(await store.withLock("k", { waitMs: 10_000, holdMs: 1000 }, had)).toBe("had");
});

it("of many waiters one at a time takes over a lock whose holder never gives it back", async () => {
  let [holders, most, taken] = [0, 0, 0];
  for (let round = 0; round < 4; round += 1) {
    const never = new FileTokenStore({ directory });
    const limits = { waitMs: 10_000, holdMs: 10_000 };
    await new Promise<void>((resolve) => {
      void never.withLock("k", { ...limits, holdMs: 40 }, () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await Promise.all(
      Array.from({ length: 12 }, () =>
        new FileTokenStore({ directory }).withLock("k", limits, async () => {
          holders += 1;
          most = Math.max(most, holders);
          await new Promise((resolve) => setTimeout(resolve, 1));
          holders -= 1;
          taken += 1;
        }),
      ),
    );
  }
  expect({ most, taken }).toEqual({ most: 1, taken: 48 });
});

it("a process that was paused while it took over a lock does not take it from the next holder", async () => {
  const killed = processes.start("hold", directory, "200");
  await killed.next();
  killed.signal("SIGKILL");
  const waiter = processes.start("takeOver", directory);
  expect(await waiter.next()).toBe("judged");
  await store.withLock("k", { waitMs: 10_000, holdMs: 10_000 }, async (lease) => {
    waiter.go();
    expect(await waiter.next()).toBe("STORE_LOCK_TIMEOUT");
    expect(await lease.isHeld()).toBe(true);
  });
});

it("makes its folder again when somebody removed it", async () => {
  await write("first");
  rmSync(directory, { recursive: true });
  expect(await store.get("k")).toBeUndefined();
  await expect(store.compareAndSet("k", undefined, { accessToken: "a" })).rejects.toMatchObject({
    code: "STORE_FAILED",
    retryable: true,
  });
  expect(await write("again")).toEqual(expect.any(String));
});

it("a process that was paused past its time writes and deletes nothing", async () => {
  await write("first");
  const holder = processes.start("hold", directory, "500");
  await holder.next();
  holder.signal("SIGSTOP");
  await store.withLock("k", { waitMs: 10_000, holdMs: 10_000 }, async (lease) => {
    await write("newer");
    holder.signal("SIGCONT");
    holder.go();
    const outcome = { isHeld: false, isExtended: false, isWritten: false, isDeleted: false };
    expect(await holder.next()).toEqual(outcome);
    await holder.ended;
    expect(await lease.isHeld()).toBe(true);
  });
  expect((await store.get("k"))?.token.accessToken).toBe("newer");
});

it("a waiter takes a lock of which the end is far ahead, because the clock was set back", async () => {
  await store.withLock("k", { waitMs: 1000, holdMs: 300 }, async (lease) => {
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      expect(await store.withLock("k", { waitMs: 10_000, holdMs: 300 }, had)).toBe("had");
      expect(await lease.isHeld()).toBe(false);
    } finally {
      Date.now = now;
    }
  });
});

it("a process that was paused between its comparison and its write writes nothing", async () => {
  await write("first");
  const writer = processes.start("pause", directory);
  expect(await writer.next()).toBe("compared");
  // Others wait until the writer's time is over, and then write.
  expect(await write("newer")).toEqual(expect.any(String));
  writer.go();
  expect(await writer.next()).toEqual({ isWritten: false });
  expect((await store.get("k"))?.token.accessToken).toBe("newer");
});

it("a process that is killed before any of its file system calls leaves the old record or the new one", async () => {
  const CALLS = 20;
  const found = await Promise.all(
    Array.from({ length: CALLS }, async (_, call) => {
      const own = new FileTokenStore({ directory: join(directory, String(call)) });
      await own.compareAndSet("k", undefined, { accessToken: "old" });
      const dying = processes.start("die", own.directory, String(call + 1));
      await dying.ended;
      const left = await own.get("k");
      const version = await own.withLock("k", { waitMs: 10_000, holdMs: 5000 }, () =>
        own.compareAndSet("k", left?.version, { accessToken: "next" }),
      );
      expect(version).toEqual(expect.any(String));
      return left?.token.accessToken;
    }),
  );
  const firstNew = found.indexOf("new");
  expect(firstNew).toBeGreaterThan(5);
  expect(found).toEqual(found.map((_, call) => (call < firstNew ? "old" : "new")));
});

it("leaves nothing behind but the record", async () => {
  await store.check();
  await store.withLock("k", { waitMs: 1000, holdMs: 1000 }, () => write("first"));
  expect(readdirSync(directory).map((name) => name.replace(/^[\da-f]{64}/, "DIGEST"))).toEqual([
    "DIGEST.json",
    "tmp",
  ]);
  expect(readdirSync(join(directory, "tmp"))).toEqual([]);
});
