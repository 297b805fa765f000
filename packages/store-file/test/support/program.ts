import { once } from "node:events";
import { GitHubClient } from "@grantkit/provider-github";
import { FileTokenStore } from "../../src/index.ts";

export { FileTokenStore };

/** What other processes do in the tests: a task, on the store of a folder. */
const [task = "", directory = "", ...rest] = process.argv.slice(2);
const tell = (message: unknown): void => void process.send?.(message);

const tasks: Readonly<Record<string, (store: FileTokenStore) => Promise<void>>> = {
  /** Takes the lock, and when it is told to go on, tries to write what it had begun. */
  async hold(store) {
    const holdMs = Number(rest[0]);
    const before = await store.get("k");
    await store.withLock("k", { waitMs: 10_000, holdMs }, async (lease) => {
      tell("locked");
      await once(process, "message");
      const isHeld = await lease.isHeld();
      const isExtended = await lease.extend?.();
      const version = await store.compareAndSet("k", before?.version, { accessToken: "late" });
      const isDeleted = await store.delete("k", before?.version);
      tell({ isHeld, isExtended, isWritten: version !== undefined, isDeleted });
    });
    process.disconnect();
  },

  /** Counts up, without a lock, until it is killed. */
  async count(store) {
    tell("counting");
    for (;;) {
      const found = await store.get("k");
      const accessToken = String(Number(found?.token.accessToken ?? 0) + 1);
      await store.compareAndSet("k", found?.version, { accessToken });
    }
  },

  /** Adds one so many times, without a lock; compareAndSet() alone must lose none. */
  async add(store) {
    for (let added = 0; added < Number(rest[0]);) {
      const found = await store.get("k");
      const accessToken = String(Number(found?.token.accessToken ?? 0) + 1);
      if (await store.compareAndSet("k", found?.version, { accessToken })) added += 1;
    }
    process.disconnect();
  },

  /** Sends requests with the token of the store. */
  async request(store) {
    const client = new GitHubClient(JSON.parse(rest[0] ?? "") as never);
    const session = await client.storedSession({ store, key: "k" });
    tell("ready");
    await once(process, "message");
    let answered = 0;
    for (let count = 0; count < Number(rest[1]); count += 1) {
      const { status } = await session.get<unknown>("/user");
      if (status === 200) answered += 1;
      await new Promise((resolve) => setTimeout(resolve, Number(rest[2])));
    }
    tell(answered);
    process.disconnect();
  },
};

await tasks[task]?.(new FileTokenStore({ directory: directory || "." }));
