import { afterAll, expect, it } from "@jest/globals";
import { rmSync } from "node:fs";
import { FileTokenStore } from "@grantkit/store-file";
import { temporaryFolder } from "./support/processes.ts";

const directory = temporaryFolder();
afterAll(() => rmSync(directory, { recursive: true }));
const store = new FileTokenStore({ directory });

it("waits for no time for a lock if the time to wait is not a number", async () => {
  await store.withLock("k", { waitMs: 0, holdMs: 5000 }, async () => {
    const limits = { waitMs: Number.NaN, holdMs: 1000 };
    const waiting = store.withLock("k", limits, () => Promise.resolve());
    await expect(waiting).rejects.toMatchObject({ code: "STORE_LOCK_TIMEOUT" });
  });
});

it("holds a lock that lasts for months", async () => {
  const isHeld = await store.withLock("k", { waitMs: 0, holdMs: 2 ** 33 }, async (lease) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return !lease.signal.aborted && (await lease.isHeld());
  });
  expect(isHeld).toBe(true);
});
