import { afterAll, beforeEach, expect, it } from "@jest/globals";
import {
  chmodSync,
  chownSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isOAuthError } from "@grantkit/core";
import { SqliteTokenStore } from "@grantkit/store-sqlite";
import { describeDrivers, type Opened } from "./support/drivers.ts";
import { Processes } from "./support/processes.ts";

const USER = 12_345;

function closeAgain(database: Opened): void {
  try {
    database.close();
  } catch {
    // The test has closed it, which node:sqlite refuses to do twice.
  }
}

describeDrivers("a database that fails", (driver) => {
  const processes = new Processes(driver);
  const opened: Opened[] = [];
  afterAll(() => {
    for (const each of opened) closeAgain(each);
    processes.close();
  });

  let file: string;
  let database: Opened;
  let store: SqliteTokenStore;
  beforeEach(async () => {
    file = join(processes.folder, `${opened.length}.db`);
    database = openDatabase();
    store = new SqliteTokenStore({ database });
    await store.compareAndSet("k", undefined, { accessToken: "at-canary-old" });
  });
  function openDatabase(): Opened {
    const made = driver.open(file);
    opened.push(made);
    return made;
  }

  const limits = { waitMs: 100, holdMs: 1000 };
  let worked = 0;
  const work = () => Promise.resolve((worked += 1));
  const calls: Readonly<Record<string, (own: SqliteTokenStore) => Promise<unknown>>> = {
    compareAndSet: (own) => own.compareAndSet("new", undefined, { accessToken: "at-canary-new" }),
    withLock: (own) => own.withLock("k", limits, work),
    check: (own) => own.check(),
  };
  async function expectFailed(names: string[], message: RegExp, isRetryable: boolean) {
    worked = 0;
    for (const name of names) {
      const error = await calls[name]?.(store).catch((thrown: unknown) => thrown);
      if (!isOAuthError(error)) throw new Error(`${name}: ${String(error)}`);
      expect({ name, code: error.code, retryable: error.retryable }).toEqual({
        name,
        code: "STORE_FAILED",
        retryable: isRetryable,
      });
      expect(error.message).toMatch(message);
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("canary");
    }
    expect(worked).toBe(0);
  }
  const all = Object.keys(calls);

  it("because it is full: STORE_FAILED, no work under a lock, and the record stays", async () => {
    database.exec("PRAGMA max_page_count = 1");
    await expectFailed(["withLock", "check"], /\(SQLITE_FULL\)\. .*free some space/, true);
    const token = { accessToken: "a".repeat(20_000) };
    await expect(store.compareAndSet("k2", undefined, token)).rejects.toMatchObject({
      code: "STORE_FAILED",
    });
    expect((await store.get("k"))?.token.accessToken).toBe("at-canary-old");
    database.exec("PRAGMA max_page_count = 100000");
    expect(await store.withLock("k", limits, work)).toBe(1);
  });

  it("because it may only be read: STORE_FAILED with what to do, and records can be read", async () => {
    database.exec("PRAGMA query_only = 1");
    await expectFailed(all, /\(SQLITE_READONLY\)\. Give this user the right to write/, true);
    expect((await store.get("k"))?.token.accessToken).toBe("at-canary-old");
  });

  it("because a right is missing for its file or folder: STORE_FAILED with what to do", async () => {
    database.close();
    if (process.getuid?.() === 0)
      for (const path of [dirname(file), file]) chownSync(path, USER, USER);
    const outcomesWith = async (folderMode: number, fileMode: number) => {
      for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
      chmodSync(file, fileMode);
      chmodSync(dirname(file), folderMode);
      return processes.start("try", file, String(USER)).next();
    };
    const refused = {
      code: "STORE_FAILED",
      message: expect.stringMatching(/\(SQLITE_(READONLY|CANTOPEN)\)\. Give this user the right/),
    };
    expect(await outcomesWith(0o700, 0o400)).toEqual([refused, refused, refused]);
    expect(await outcomesWith(0o500, 0o600)).toEqual([refused, refused, refused]);
    expect(await outcomesWith(0o700, 0o600)).toEqual(["done", "done", "done"]);
  });

  it("because the disk is full: STORE_FAILED with what to do, and the record stays", async () => {
    const { size } = statSync(`${file}-wal`);
    const running = processes.startWithLimit(Math.floor(size / 1024), "try", file);
    const failed = {
      code: "STORE_FAILED",
      message: expect.stringMatching(/\(SQLITE_(IOERR|FULL)\)\. The disk /),
    };

    expect(await running.next()).toEqual([failed, failed, failed]);
    expect((await store.get("k"))?.token.accessToken).toBe("at-canary-old");
    expect(await store.get("new")).toBeUndefined();
  });

  it("because its file is damaged: STORE_FAILED, and the file stays as it is", async () => {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    const text = readFileSync(file);
    writeFileSync(file, Buffer.concat([text.subarray(0, 100), Buffer.alloc(text.length - 100, 7)]));
    const before = readFileSync(file);
    database = openDatabase();
    store = new SqliteTokenStore({ database });
    await expectFailed(all, /\(SQLITE_CORRUPT\)\. The file is damaged\. It was left/, false);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("because its file is cut off: STORE_FAILED, and the record is not missing", async () => {
    await store.compareAndSet("big", undefined, { accessToken: "a".repeat(50_000) });
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    truncateSync(file, 8192);
    database = openDatabase();
    store = new SqliteTokenStore({ database });
    await expect(store.get("big")).rejects.toMatchObject({ code: "STORE_FAILED" });
  });

  it("because its file is something else: STORE_FAILED, and the file stays as it is", async () => {
    database.close();
    const text = "no database ".repeat(1000);
    writeFileSync(file, text);
    database = openDatabase();
    store = new SqliteTokenStore({ database });
    await expectFailed(all, /\(SQLITE_NOTADB\)\. The file is not a database/, false);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("because the app has closed it: STORE_FAILED", async () => {
    database.close();
    await expectFailed(all, /Keep its connection open/, false);
  });

  it("because the app has a transaction open on the connection: STORE_FAILED, and the transaction goes on", async () => {
    database.exec("CREATE TABLE own (a)");
    database.exec("BEGIN");
    database.exec("INSERT INTO own VALUES (7)");
    await expectFailed(all, /transaction open .* connection of its own/, true);
    await expect(store.get("k")).rejects.toMatchObject({ code: "STORE_FAILED" });
    database.exec("COMMIT");
    expect(database.prepare("SELECT a FROM own").all()).toEqual([{ a: 7 }]);
    expect(await store.get("new")).toBeUndefined();
    await store.check();
  });

  it("because the table is another: STORE_FAILED, and the table stays as it is", async () => {
    database.exec("CREATE TABLE theirs (id, name)");
    const own = new SqliteTokenStore({ database, table: "theirs" });
    await expect(own.get("k")).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(/pass another name as table/),
    });
    expect(database.prepare("SELECT count(*) n FROM theirs").all()).toEqual([{ n: 0 }]);
  });

  it("because somebody dropped the tables: one STORE_FAILED at most, then they are made again", async () => {
    database.exec("DROP TABLE grantkit_tokens; DROP TABLE grantkit_tokens_locks");
    await expect(store.get("k")).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect(await store.get("k")).toBeUndefined();
    await store.check();
  });
});
