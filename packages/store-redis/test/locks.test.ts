import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { missingServer } from "@grantkit/store-faults";
import type { RedisTokenStore } from "@grantkit/store-redis";
import { Started } from "./support/started.ts";

const started = new Started();
let store: RedisTokenStore;

(missingServer("redis") ? describe.skip : describe)("a lock of a RedisTokenStore", () => {
  beforeAll(async () => {
    store = await started.store((await started.redis()).url, "node-redis 6");
  });
  afterAll(() => started.end());

  it("is waited for no time if the time to wait is not a number", async () => {
    await store.withLock("k", { waitMs: 0, holdMs: 5000 }, async () => {
      const limits = { waitMs: Number.NaN, holdMs: 1000 };
      const waiting = store.withLock("k", limits, () => Promise.resolve());
      await expect(waiting).rejects.toMatchObject({ code: "STORE_LOCK_TIMEOUT" });
    });
  });

  it("may last for months", async () => {
    const isHeld = await store.withLock("k", { waitMs: 0, holdMs: 2 ** 33 }, async (lease) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return !lease.signal.aborted && (await lease.isHeld());
    });
    expect(isHeld).toBe(true);
  });
});
