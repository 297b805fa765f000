// Takes some seconds: processes start, are killed and paused, and locks end in real time.
import { afterAll, beforeEach, expect, it } from "@jest/globals";
import { join } from "node:path";
import { SqliteTokenStore } from "@grantkit/store-sqlite";
import { describeDrivers, type Opened } from "./support/drivers.ts";
import { Processes } from "./support/processes.ts";

describeDrivers("several processes", (driver) => {
  const processes = new Processes(driver);
  const opened: Opened[] = [];
  afterAll(() => {
    for (const each of opened) each.close();
    processes.close();
  });

  let file: string;
  let store: SqliteTokenStore;
  beforeEach(() => {
    file = join(processes.folder, `${opened.length}.db`);
    store = openStore();
  });
  function openStore(): SqliteTokenStore {
    const database = driver.open(file);
    opened.push(database);
    return new SqliteTokenStore({ database });
  }

  const write = async (accessToken: string) => {
    const found = await store.get("k");
    return store.compareAndSet("k", found?.version, { accessToken });
  };
  const had = () => Promise.resolve("had");
  const patient = { waitMs: 10_000, holdMs: 10_000 };

  it("8 processes make one new database, and compareAndSet() without a lock loses no write of theirs", async () => {
    const running = Array.from({ length: 8 }, () => processes.start("add", file, "25"));
    await Promise.all(running.map((each) => each.ended));
    expect((await store.get("k"))?.token.accessToken).toBe("200");
  });

  it("a process that is killed in the lock is followed when its time is over", async () => {
    const holder = processes.start("hold", file, "700");
    await holder.next();
    holder.signal("SIGKILL");
    await holder.ended;
    await expect(store.withLock("k", { waitMs: 50, holdMs: 1 }, had)).rejects.toMatchObject({
      code: "STORE_LOCK_TIMEOUT",
      retryable: true,
    });
    expect(await store.withLock("k", { waitMs: 10_000, holdMs: 1000 }, had)).toBe("had");
  });

  it("a process that is killed while it writes leaves the last record that it saved, or the next", async () => {
    for (let round = 0; round < 5; round += 1) {
      const writer = processes.start("write", file);
      await writer.next();
      await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
      writer.signal("SIGKILL");
      await writer.ended;
      const last = Number(writer.told.at(-1) ?? 1);
      const found = (await store.get("k"))?.token.accessToken;
      expect([last, last + 1].map((count) => String(count).repeat(2000))).toContain(found);
    }
    await store.check();
  });

  it("a process that was paused past its time writes and deletes nothing", async () => {
    await write("first");
    const holder = processes.start("hold", file, "500");
    await holder.next();
    holder.signal("SIGSTOP");
    await store.withLock("k", patient, async (lease) => {
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

  it("of many waiters one at a time takes over a lock whose holder never gives it back", async () => {
    let [holders, most, taken] = [0, 0, 0];
    const others = [openStore(), openStore(), openStore()];
    for (let round = 0; round < 4; round += 1) {
      await new Promise<void>((resolve) => {
        void store.withLock("k", { ...patient, holdMs: 40 }, () => {
          resolve();
          return new Promise(() => undefined);
        });
      });
      // All of them find the lock whose time is over at the same moment.
      await new Promise((resolve) => setTimeout(resolve, 60));
      const waiters = [...others, ...others, ...others, ...others];
      await Promise.all(
        waiters.map((each) =>
          each.withLock("k", patient, async () => {
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

  it.each([
    ["set back by an hour", -3_600_000],
    ["set forward by an hour", 3_600_000],
  ])(
    "a waiter whose clock is %s takes a lock when its time has passed, and not before",
    async (_clock, jump) => {
      await store.withLock("k", { waitMs: 1000, holdMs: 300 }, async (lease) => {
        const { now } = Date;
        Date.now = () => now() + jump;
        try {
          const start = performance.now();
          expect(await store.withLock("k", { waitMs: 10_000, holdMs: 300 }, had)).toBe("had");
          expect(performance.now() - start).toBeGreaterThan(250);
          expect(await lease.isHeld()).toBe(false);
        } finally {
          Date.now = now;
        }
      });
    },
  );

  it("a lock that is extended outlasts a clock that was set back", async () => {
    await store.withLock("k", { waitMs: 1000, holdMs: 400 }, async (lease) => {
      const { now } = Date;
      Date.now = () => now() - 3_600_000;
      try {
        const waiter = store.withLock("k", { waitMs: 1000, holdMs: 400 }, had);
        const outcome = waiter.catch(({ code }: { code: string }) => code);
        for (let count = 0; count < 8; count += 1) {
          expect(await lease.extend?.()).toBe(true);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
        expect(await outcome).toBe("STORE_LOCK_TIMEOUT");
        expect(await lease.isHeld()).toBe(true);
      } finally {
        Date.now = now;
      }
    });
  });

  it("while another process keeps the database locked, a call waits and this process goes on", async () => {
    await write("first");
    const other = processes.start("lockDatabase", file);
    await other.next();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const writing = write("second");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(turns).toBeGreaterThan(10);
    other.go();
    expect(await writing).toEqual(expect.any(String));
    clearInterval(timer);
  });

  it("calls give up when the database stays locked: STORE_FAILED, which says so, and nothing is saved", async () => {
    const version = await write("first");
    const other = processes.start("lockDatabase", file);
    await other.next();
    const failed = (milliseconds: string) => ({
      code: "STORE_FAILED",
      retryable: true,
      message: expect.stringMatching(
        `^Another connection kept .* locked for more than ${milliseconds} ms`,
      ),
    });
    const late = { accessToken: "late" };
    await Promise.all([
      expect(store.withLock("k", { waitMs: 100, holdMs: 100 }, had)).rejects.toMatchObject(
        failed(String.raw`5\d{3}`),
      ),
      expect(store.compareAndSet("k", version, late)).rejects.toMatchObject(
        failed(String.raw`5\d{3}`),
      ),
    ]);
    other.go();
    expect(await other.next()).toBe("unlocked");
    expect(await store.get("k")).toEqual({ token: { accessToken: "first" }, version });
  });
});
