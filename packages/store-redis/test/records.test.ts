import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { createClient } from "redis";
import { missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore, type RedisTokenStoreOptions } from "@grantkit/store-redis";
import { errorOf } from "./support/errors.ts";

let server: TestServer;
let client: ReturnType<typeof createClient>;

const open = (options: Omit<RedisTokenStoreOptions, "client"> = {}): RedisTokenStore =>
  new RedisTokenStore({ client, ...options });
const record = { accessToken: "at" };
const pause = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));
const nameOf = (prefix: string, key: string): string => {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return `${prefix}{${digest[0]}}:${digest}`;
};

(missingServer("redis") ? describe.skip : describe)("the records of a RedisTokenStore", () => {
  beforeAll(async () => {
    server = await startRedis();
    client = createClient({ url: server.url });
    await client.connect();
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  describe("that expire", () => {
    const prefix = "expiry:";
    const ttlOf = (key: string) => client.pTTL(nameOf(prefix, key));
    const DAY = 86_400_000;

    it("are deleted 30 days after the refresh token's end", async () => {
      const store = open({ prefix });
      const refreshTokenExpiresAt = Date.now() + 10 * DAY;
      await store.compareAndSet("a", undefined, {
        ...record,
        refreshToken: "rt",
        refreshTokenExpiresAt,
      });
      expect((await ttlOf("a")) / DAY).toBeCloseTo(40, 2);
    });

    it("are kept when their end is unknown, or when it has become unknown", async () => {
      const store = open({ prefix });
      const first = await store.compareAndSet("b", undefined, { ...record, expiresAt: Date.now() });
      expect((await ttlOf("b")) / DAY).toBeCloseTo(30, 2);
      await store.compareAndSet("b", first, { ...record, refreshToken: "rt" });
      expect(await ttlOf("b")).toBe(-1);
      const ends = nameOf(prefix, "b").replace(/[^:]*$/, "ends");
      expect(await client.zRange(ends, 0, -1)).not.toContain('"b');
      const keeping = open({ prefix, expireAfterMs: Infinity });
      await keeping.compareAndSet("c", undefined, { ...record, expiresAt: Date.now() });
      expect(await ttlOf("c")).toBe(-1);
    });

    it("are kept for expireAfterMs from the write on, when their end is long over", async () => {
      const store = open({ prefix, expireAfterMs: 60_000 });
      await store.compareAndSet("d", undefined, { ...record, expiresAt: 1 });
      expect((await ttlOf("d")) / 60_000).toBeCloseTo(1, 2);
    });

    it("are listed no longer when they are over, and a write takes them out of the index", async () => {
      const own = "over:";
      const store = open({ prefix: own, expireAfterMs: 1 });
      const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
      for (const key of keys)
        await store.compareAndSet(key, undefined, { ...record, expiresAt: 1 });
      const entries = async (): Promise<number> => {
        const names = (await client.keys(`${own}*:index`)).concat(
          await client.keys(`${own}*:ends`),
        );
        const counts = await Promise.all(names.map((name) => client.zCard(name)));
        return counts.reduce((sum, count) => sum + count, 0);
      };
      expect(await entries()).toBe(80);
      // A second after the end, so that no record is there any more.
      await pause(1100);
      for (const key of keys) await store.compareAndSet(`${key}+`, undefined, record);
      expect(await entries()).toBeLessThan(60);
      const listed = await store.keys();
      expect(listed.keys.toSorted()).toEqual(keys.map((key) => `${key}+`).toSorted());
    });
  });

  it("a record that somebody deleted behind the store's back is listed no longer", async () => {
    const store = open({ prefix: "deleted:" });
    await store.compareAndSet("a", undefined, record);
    await store.compareAndSet("b", undefined, record);
    await client.del(nameOf("deleted:", "a"));
    expect((await store.keys()).keys).toEqual(["b"]);
    await store.delete("b");
    expect(await client.keys("deleted:*")).toEqual([]);
  });

  it.each([
    ["is not JSON", "{broken"],
    ["is empty", ""],
    ["is not an object", "7"],
    ["is of a later format", '{"format":2,"version":"v","key":"damaged","token":{}}'],
    ["is that of another key", '{"format":1,"version":"v","key":"other","token":{}}'],
    ["has no token", '{"format":1,"version":"v","key":"damaged"}'],
  ])("a record that %s gives an error that names the key, and stays as it is", async (_, text) => {
    const store = open({ prefix: "damaged:" });
    const name = nameOf("damaged:", "damaged");
    await client.set(name, text);
    const error = await errorOf(store.get("damaged"));
    expect(error).toMatchObject({ code: "RECORD_UNREADABLE", retryable: false });
    expect(error.message).toContain('"damaged"');
    expect(error.message).toContain(`GET ${name}`);
    expect(await store.compareAndSet("damaged", undefined, record)).toBeUndefined();
    expect(await store.delete("damaged", "v2")).toBe(false);
    expect(await client.get(name)).toBe(text);
    expect(await store.delete("damaged")).toBe(true);
  });

  it("something else under a record's name gives an error that says so", async () => {
    await client.hSet(nameOf("other:", "k"), "field", "value");
    for (const call of [
      open({ prefix: "other:" }).get("k"),
      open({ prefix: "other:" }).compareAndSet("k", undefined, record),
    ]) {
      const error = await errorOf(call);
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
      expect(error.message).toContain("prefix");
    }
  });

  it("stores with different prefixes share nothing", async () => {
    await open({ prefix: "one:" }).compareAndSet("k", undefined, record);
    const other = open({ prefix: "two:" });
    expect(await other.get("k")).toBeUndefined();
    expect((await other.keys()).keys).toEqual([]);
  });

  it("a prefix that ends within a surrogate pair lists the keys that begin with it", async () => {
    const store = open({ prefix: "surrogates:" });
    const keys = ["x\u{1f511}", "x\ud83d", "x\ud83d!", "x\ud83e", "x"];
    for (const key of keys) await store.compareAndSet(key, undefined, record);
    const listed = (await store.keys({ prefix: "x\ud83d" })).keys;
    expect(listed.toSorted()).toEqual(keys.slice(0, 3).toSorted());
    expect((await store.keys({ prefix: "x" })).keys).toHaveLength(5);
  });

  it.each([
    [100, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    [3000, [130, 1000]],
  ])("keys() lists each of %i keys once, in pages of any length", async (count, limits) => {
    const store = open({ prefix: `many-${count}:` });
    const keys = Array.from({ length: count }, (_, index) => `user-${index}`);
    await Promise.all(keys.map((key) => store.compareAndSet(key, undefined, record)));
    for (const limit of limits) {
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.keys({ limit, cursor });
        expect(page.keys.length).toBeLessThanOrEqual(limit);
        listed.push(...page.keys);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(listed.toSorted()).toEqual(keys.toSorted());
    }
  });

  it("a lock that Redis forgot is lost, and is neither extended nor given back", async () => {
    const store = open({ prefix: "forgotten:" });
    const limits = { waitMs: 0, holdMs: 60_000 };
    const lock = `${nameOf("forgotten:", "k")}:lock`;
    let ttl = 0;
    await store.withLock("k", limits, async (first) => {
      await client.del(lock);
      await store.withLock("k", { ...limits, holdMs: 30_000 }, async (second) => {
        expect(await first.extend?.()).toBe(false);
        expect(first.signal.aborted).toBe(true);
        expect(await second.isHeld()).toBe(true);
        ttl = await client.pTTL(lock);
      });
    });
    expect(ttl).toBeLessThanOrEqual(30_000);
  });

  it("keys() refuses a cursor of another store", async () => {
    for (const cursor of ["", "user-7", "gg"]) {
      expect(await errorOf(open().keys({ cursor }))).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("cursor"),
      });
    }
  });
});
