import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { PostgresTokenStore } from "@grantkit/store-postgres";

const db = new PGlite();
const store = new PostgresTokenStore({
  query: (sql, parameters) => db.query<object>(sql, parameters),
});
beforeAll(() => store.migrate());
afterAll(() => db.close());

const LIMITS = { waitMs: 0, holdMs: 60_000 };
const had = (): Promise<string> => Promise.resolve("had");

it.each(["extend", "isHeld"] as const)(
  "%s() is false when the time is over by the server's clock, and another has the lock",
  async (name) => {
    await store.withLock("k", LIMITS, async (lease) => {
      await db.exec("UPDATE grantkit_tokens SET lease_until = lease_until - interval '1 hour'");
      expect(await lease[name]?.()).toBe(false);
      expect(lease.signal.aborted).toBe(true);
      expect(await store.withLock("k", LIMITS, had)).toBe("had");
    });
  },
);

it("a lease that was taken over is not given back by who had it", async () => {
  await store.withLock("k", LIMITS, async () => {
    await db.exec("UPDATE grantkit_tokens SET lease_owner = 'another'");
  });
  const refused = { code: "STORE_LOCK_TIMEOUT", retryable: true };
  await expect(store.withLock("k", LIMITS, had)).rejects.toMatchObject(refused);
});

it("a lease is neither read nor listed as a record", async () => {
  await store.withLock("without a record", LIMITS, async () => {
    expect(await store.get("without a record")).toBeUndefined();
    expect((await store.keys()).keys).toEqual([]);
    expect(await store.delete("without a record")).toBe(false);
    await expect(store.withLock("without a record", LIMITS, had)).rejects.toThrow(/lock/);
  });
});
