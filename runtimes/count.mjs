// Counts in a FileTokenStore together with processes of other versions of Node.js, `count.mjs DIRECTORY TIMES`, and prints the
// count. compareAndSet() must lose none, and nobody else may be under the lock.
import { FileTokenStore } from "@grantkit/store-file";

const [directory, times] = process.argv.slice(2);
const store = new FileTokenStore({ directory });

const read = async () => {
  const found = await store.get("count");
  return { count: Number(found?.token.accessToken ?? 0), version: found?.version };
};

async function add() {
  const { count, version } = await read();
  return store.compareAndSet("count", version, { accessToken: String(count + 1) });
}

/** Leaves a mark under the lock, which a second holder would find. */
async function visit() {
  const limits = { waitMs: 60_000, holdMs: 10_000 };
  await store.withLock("count", limits, async () => {
    const before = await store.get("room");
    if (before !== undefined) throw new Error("Another process is under the lock.");
    await store.compareAndSet("room", undefined, { accessToken: "taken" });
    await store.delete("room");
  });
}

for (let done = 0; done < Number(times);) {
  await visit();
  if (await add()) done += 1;
}
console.log((await read()).count);
