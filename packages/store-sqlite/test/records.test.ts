import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type TokenRecord } from "@grantkit/core";
import { SqliteTokenStore } from "@grantkit/store-sqlite";
import { describeDrivers, type Opened } from "./support/drivers.ts";

const HOUR = 3_600_000;

describeDrivers("records", (driver) => {
  const opened: Opened[] = [];
  afterAll(() => {
    for (const each of opened) each.close();
  });

  let database: Opened;
  let store: SqliteTokenStore;
  beforeEach(() => {
    database = driver.open(":memory:");
    opened.push(database);
    store = new SqliteTokenStore({ database });
  });
  const rows = (sql: string) =>
    database.prepare(sql).all() as readonly Readonly<Record<string, unknown>>[];

  describe("a damaged record", () => {
    it.each([
      ["is cut off", "record = substr(record, 1, 20)", /is damaged: it is not a JSON object/],
      ["is empty", "record = ''", /is damaged/],
      ["is null", "record = 'null'", /is damaged/],
      ["is a list", "record = '[]'", /is damaged/],
      ["is binary", "record = x'00ff'", /is damaged/],
      ["has a later format", "format = 99", /later version of @grantkit\/store-sqlite/],
    ])(
      "that %s is RECORD_UNREADABLE, which names the key, and it is kept",
      async (_name, damage, message) => {
        const token = { accessToken: "at-canary-1", refreshToken: "rt-canary-1" };
        const version = await store.compareAndSet("user-1", undefined, token);
        database.exec(`UPDATE grantkit_tokens SET ${damage}`);
        const before = rows("SELECT * FROM grantkit_tokens");
        const error = await store.get("user-1").catch((thrown: unknown) => thrown as Error);
        expect(error).toMatchObject({ code: "RECORD_UNREADABLE", retryable: false });
        expect((error as Error).message).toMatch(/^The record of the key "user-1" /);
        expect((error as Error).message).toMatch(message);
        expect((error as Error).stack).not.toContain("canary");
        expect(await store.compareAndSet("user-1", undefined, token)).toBeUndefined();
        expect(rows("SELECT * FROM grantkit_tokens")).toEqual(before);
        expect(await store.keys()).toEqual({ keys: ["user-1"] });
        expect(await store.delete("user-1", version)).toBe(true);
        expect(await store.get("user-1")).toBeUndefined();
      },
    );
  });

  describe("keys", () => {
    it("are apart when they differ in a lone surrogate or in what escapes look like, and come back as they were", async () => {
      const keys = [
        "\ud800",
        "\udc00",
        "\ufffd",
        "\\ud800",
        "\u0000",
        "",
        "\u{1f511}",
        "\\",
        "\u007f",
      ];
      for (const key of keys) await store.compareAndSet(key, undefined, { accessToken: key });
      for (const key of keys) expect((await store.get(key))?.token.accessToken).toBe(key);
      expect((await store.keys()).keys.toSorted()).toEqual(keys.toSorted());
      expect((await store.keys({ prefix: "\ud83d" })).keys).toEqual(["\u{1f511}"]);
      expect((await store.keys({ prefix: "\\" })).keys.toSorted()).toEqual(["\\", "\\ud800"]);
    });

    it("can be read in the database when they are plain, as records can", async () => {
      await store.compareAndSet("user-42/calendar", undefined, { accessToken: "a" });
      expect(rows("SELECT key, record FROM grantkit_tokens")).toEqual([
        { key: "user-42/calendar", record: '{"accessToken":"a"}' },
      ]);
    });

    it("are listed by the index, not by a look at every record", async () => {
      await store.keys();
      const plan = rows(
        "EXPLAIN QUERY PLAN SELECT key FROM grantkit_tokens WHERE key >= 'a' AND key < 'b' ORDER BY key LIMIT 2",
      );
      expect(plan.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(
          /^SEARCH grantkit_tokens USING COVERING INDEX .*\(key>\? AND key<\?\)$/,
        ),
      ]);
    });
  });

  describe("sweep()", () => {
    const now = Date.now();
    const put = (key: string, token: TokenRecord) => store.compareAndSet(key, undefined, token);
    const left = async () => (await store.keys()).keys;
    beforeEach(async () => {
      const accessToken = "a";
      await put("never", { accessToken });
      await put("refreshable", { accessToken, expiresAt: now - HOUR, refreshToken: "r" });
      await put("ended", { accessToken, expiresAt: now - 2 * HOUR });
      await put("ended later", { accessToken, expiresAt: now - HOUR / 2 });
      await put("refresh token ended", {
        accessToken,
        refreshToken: "r",
        refreshTokenExpiresAt: new Date(now - 3 * HOUR),
      });
      await put("valid", { accessToken, expiresAt: now + HOUR });
      await put("renewable", {
        accessToken,
        expiresAt: now - HOUR,
        renewal: { grant: "client_credentials" },
      });
    });

    it("deletes records that nobody can use any more, and no others", async () => {
      expect(await store.sweep({ olderThanMs: 0 })).toBe(3);
      expect(await left()).toEqual(["never", "refreshable", "renewable", "valid"]);
      expect(await store.sweep({ olderThanMs: 0 })).toBe(0);
    });

    it("deletes at most as many as its limit, the oldest first, and only those that ended so long ago", async () => {
      expect(await store.sweep({ olderThanMs: HOUR, limit: 1 })).toBe(1);
      expect(await left()).not.toContain("refresh token ended");
      expect(await store.sweep({ olderThanMs: HOUR })).toBe(1);
      expect(await left()).toContain("ended later");
    });

    it("leaves a record under a lock, and one that was written again", async () => {
      const found = await store.get("ended later");
      await store.compareAndSet("ended later", found?.version, { accessToken: "b" });
      await store.withLock("ended", { waitMs: 0, holdMs: 10_000 }, async () => {
        expect(await store.sweep({ olderThanMs: 0 })).toBe(1);
      });
      expect(await left()).toEqual(expect.arrayContaining(["ended", "ended later"]));
      expect(await store.sweep({ olderThanMs: 0 })).toBe(1);
    });

    it("deletes the locks of killed processes when they are an hour old by both clocks", async () => {
      const never = () => new Promise(() => undefined);
      await new Promise<void>((resolve) => {
        void store.withLock("k", { waitMs: 0, holdMs: 1 }, () => (resolve(), never()));
      });
      await store.sweep();
      expect(rows("SELECT key FROM grantkit_tokens_locks")).toEqual([{ key: "k" }]);
      const later = `- ${HOUR} - 1000`;
      database.exec(`UPDATE grantkit_tokens_locks SET ends_at = ends_at ${later}`);
      await store.sweep();
      expect(rows("SELECT key FROM grantkit_tokens_locks")).toEqual([{ key: "k" }]);
      database.exec(`UPDATE grantkit_tokens_locks SET ends_at_uptime = ends_at_uptime ${later}`);
      await store.sweep();
      expect(rows("SELECT key FROM grantkit_tokens_locks")).toEqual([]);
    });

    it.each([{ limit: 0 }, { limit: 1.5 }, { limit: 1e9 }, { olderThanMs: -1 }, { olderThan: 1 }])(
      "refuses %j",
      async (options) => {
        await expect(store.sweep(options)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
      },
    );
  });

  it("two tables of one database have nothing in common", async () => {
    const other = new SqliteTokenStore({ database, table: "Other_2" });
    await store.compareAndSet("k", undefined, { accessToken: "a" });
    expect(await other.get("k")).toBeUndefined();
    await store.withLock("k", { waitMs: 0, holdMs: 1000 }, async () => {
      expect(await other.withLock("k", { waitMs: 0, holdMs: 1000 }, () => Promise.resolve(1))).toBe(
        1,
      );
    });
    expect(await other.keys()).toEqual({ keys: [] });
  });

  it("nothing is left of a lock that was given back, nor of check()", async () => {
    await store.withLock("k", { waitMs: 0, holdMs: 1000 }, () => Promise.resolve());
    await store.check();
    expect(rows("SELECT * FROM grantkit_tokens_locks")).toEqual([]);
    expect(rows("SELECT * FROM grantkit_tokens")).toEqual([]);
  });
});
