// Takes a lock on a file again and again, in a process of its own, and counts in another file under it. Started by
// file-locks.ts, which says when to set out and is told the end.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import lockfile from "proper-lockfile";

/** The libraries that have a lock between processes. */
export type Locking = "store-file" | "proper-lockfile";

const [, , folder = "", count = "0", locking] = process.argv;

const store = new FileTokenStore({ directory: join(folder, "tokens") });
const counter = join(folder, "counter");
const limits = { waitMs: 60_000, holdMs: 5_000 };
/** The same pauses as those of the store. */
const retries = { retries: 100_000, factor: 2, minTimeout: 2, maxTimeout: 50, randomize: true };

async function increment(): Promise<void> {
  await writeFile(counter, String(Number(await readFile(counter, "utf8")) + 1));
}

async function lockOnce(): Promise<void> {
  if (locking === "store-file") return store.withLock("user", limits, increment);
  const release = await lockfile.lock(counter, { stale: limits.holdMs, realpath: false, retries });
  try {
    await increment();
  } finally {
    await release();
  }
}

process.on("message", () => void lockAll());
process.on("disconnect", () => process.exit());
// Once before the clock starts: code is compiled, folders are made.
await lockOnce();
process.send?.("ready");

async function lockAll(): Promise<void> {
  for (let taken = 0; taken < Number(count); taken += 1) await lockOnce();
  process.send?.("done");
}
