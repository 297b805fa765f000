import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor } from "@grantkit/core";
import { SqliteTokenStore } from "@grantkit/store-sqlite";
import { optionalFields, readsFromPrototype } from "../../core/test/support/prototype-traps.ts";
import { describeDrivers, type Opened } from "./support/drivers.ts";

describeDrivers("the set-up", (driver) => {
  const folder = mkdtempSync(join(tmpdir(), "grantkit-store-sqlite-"));
  chmodSync(folder, 0o755);
  const opened: Opened[] = [];
  afterAll(() => {
    for (const each of opened) each.close();
    rmSync(folder, { recursive: true });
  });

  let directory: string;
  let file: string;
  let database: Opened;
  let store: SqliteTokenStore;
  beforeEach(() => {
    directory = join(folder, String(opened.length));
    mkdirSync(directory, { mode: 0o755 });
    file = join(directory, "tokens.db");
    database = openDatabase(file);
    store = new SqliteTokenStore({ database });
  });
  function openDatabase(name: string): Opened {
    const made = driver.open(name);
    opened.push(made);
    return made;
  }
  const setting = (name: string, connection = database) =>
    Object.values(connection.prepare(`PRAGMA ${name}`).all()[0] as object)[0] as unknown;

  it.each([
    ["of the driver", ""],
    ["of the app", "PRAGMA synchronous = OFF"],
  ])("is WAL with every commit on the disk, whatever the setting %s", async (_of, before) => {
    database.exec(before);
    await store.get("k");
    expect([setting("journal_mode"), setting("synchronous")]).toEqual(["wal", 2]);
    const again = openDatabase(file);
    again.exec(before);
    const other = new SqliteTokenStore({ database: again });
    await other.withLock("k", { waitMs: 0, holdMs: 1000 }, () => Promise.resolve());
    again.prepare("SELECT * FROM grantkit_tokens").all();
    expect(setting("synchronous", again)).toBe(2);
  });

  it("leaves the app's busy timeout and other settings", async () => {
    database.exec("PRAGMA busy_timeout = 1234; PRAGMA user_version = 7");
    await store.compareAndSet("k", undefined, { accessToken: "a" });
    expect(setting("fullfsync")).toBe(1);
    expect(setting("busy_timeout")).toBe(1234);
    expect(setting("user_version")).toBe(7);
  });

  it("keeps a stricter setting of the app", async () => {
    database.exec("PRAGMA synchronous = EXTRA");
    await store.withLock("k", { waitMs: 0, holdMs: 1000 }, () => Promise.resolve());
    expect(setting("synchronous")).toBe(3);
  });

  it("works with a driver that gives integers as bigint", async () => {
    const own = new SqliteTokenStore({
      database: {
        exec: (sql) => database.exec(sql),
        prepare(sql) {
          const statement = database.prepare(sql);
          const big = statement as {
            safeIntegers?: (on: true) => void;
            setReadBigInts?: (on: true) => void;
          };
          // PRAGMA journal_mode and others return rows, statements that set something do not.
          (big.safeIntegers ?? big.setReadBigInts)?.call(statement, true);
          return statement;
        },
      },
    });
    const version = await own.compareAndSet("k", undefined, { accessToken: "a" });
    expect(await own.get("k")).toEqual({ token: { accessToken: "a" }, version });
    await own.withLock("k", { waitMs: 0, holdMs: 1000 }, async (lease) => {
      expect([await lease.isHeld(), await lease.extend?.()]).toEqual([true, true]);
    });
    expect(setting("busy_timeout")).toBe(setting("busy_timeout", openDatabase(":memory:")));
  });

  it("stays when the store is closed: the connection is the app's", async () => {
    await store.check().catch(() => undefined);
    await store.close();
    await store.close();
    expect(setting("journal_mode")).toBe("wal");
  });

  describe("of who can read the files:", () => {
    it("check() throws, and doctor() finds, what others can read, with the chmod that mends it", async () => {
      await store.get("k");
      const modes = { "": 0o644, "-wal": 0o640, "-shm": 0o602 };
      for (const [suffix, mode] of Object.entries(modes)) chmodSync(file + suffix, mode);
      const command = `chmod 600 '${file}' '${file}-wal' '${file}-shm'`;
      await expect(store.check()).rejects.toMatchObject({
        code: "STORE_FAILED",
        message: expect.stringContaining(command),
      });
      expect(await store.inspect()).toEqual({
        findings: [
          {
            code: "READABLE_BY_OTHERS",
            message: expect.stringContaining(command),
            losesTokens: true,
          },
        ],
      });
      chmodSync(file, 0o600);
      await expect(store.check()).rejects.toThrow(`chmod 600 '${file}-wal' '${file}-shm' `);
      for (const suffix of ["-wal", "-shm"]) chmodSync(file + suffix, 0o600);
      await store.check();
      expect(await doctor(store)).toEqual([]);
    });

    it("a folder that others cannot enter protects them", async () => {
      await store.get("k");
      chmodSync(file, 0o666);
      chmodSync(directory, 0o700);
      await store.check();
      expect(await doctor(store)).toEqual([]);
    });
  });

  it("in memory, doctor() finds that tokens do not outlast the process", async () => {
    const own = new SqliteTokenStore({ database: openDatabase(":memory:") });
    expect(await doctor(own)).toEqual([
      { code: "NO_PERSISTENCE", message: expect.stringMatching(/Open a file/), losesTokens: true },
    ]);
  });

  it("doctor() finds nothing when the app opens its database again", async () => {
    chmodSync(directory, 0o700);
    await store.check();
    expect(await doctor(new SqliteTokenStore({ database: openDatabase(file) }))).toEqual([]);
  });

  it("doctor() finds that the app has lowered the setting that keeps commits", async () => {
    chmodSync(directory, 0o700);
    await store.check();
    database.exec("PRAGMA synchronous = NORMAL");
    expect(await doctor(store)).toEqual([
      { code: "NO_PERSISTENCE", message: expect.stringMatching(/below FULL/), losesTokens: true },
    ]);
  });

  describe("options", () => {
    it("do not come from Object.prototype, nor do fields of rows", async () => {
      const names = [...optionalFields("store-sqlite"), "database", "version", "format", "record"];
      const reads = await readsFromPrototype(names, async () => {
        const own = new SqliteTokenStore({ database });
        const version = await own.compareAndSet("k", undefined, { accessToken: "a" });
        await own.get("k");
        await own.keys();
        await own.sweep();
        await own.inspect();
        await own.withLock("k", { waitMs: 0, holdMs: 1000 }, async (lease) => lease.isHeld());
        await own.delete("k", version);
      });
      expect(names).toEqual(expect.arrayContaining(["table", "limit", "olderThanMs"]));
      expect(reads).toEqual([]);
    });

    it.each<[unknown, RegExp]>([
      [undefined, /options must be an object/],
      [{}, /database must be an open connection: new DatabaseSync/],
      [{ database: "tokens.db" }, /database must be an open connection/],
      [{ database: { exec() {} } }, /database must be an open connection/],
      [{ tabel: "a" }, /table/],
      ...['"', "a; DROP TABLE b", "a b", "", "1a", "sqlite_a", "a.b", "é", "a".repeat(61), 1].map(
        (table): [unknown, RegExp] => [{ table }, /table must be a name of at most 60 letters/],
      ),
    ])("%j throw", (options, message) => {
      expect(() => new SqliteTokenStore(options as never)).toThrow(message);
    });
  });
});
