import { execFileSync } from "node:child_process";
import { once } from "node:events";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { isOAuthError, type OAuthError } from "@grantkit/core";
import { FileTokenStore } from "../../src/index.ts";

export { FileTokenStore };

/** What other processes do in the tests: a task, on the store of a folder. */
const [task = "", directory = "", ...rest] = process.argv.slice(2);
const tell = (message: unknown): void => void process.send?.(message);

/** Tries each method; what it threw. */
async function outcomesOf(store: FileTokenStore): Promise<unknown> {
  const found = await store.get("k").catch(() => undefined);
  const calls = [
    () => store.withLock("k", { waitMs: 100, holdMs: 100 }, () => Promise.resolve()),
    () => store.check(),
    () => store.compareAndSet("k", found?.version, { accessToken: "new" }),
    () => store.delete("k"),
  ];
  const outcomes: unknown[] = [];
  for (const call of calls) {
    const error = await call().catch((thrown: unknown) => thrown as OAuthError);
    outcomes.push(isOAuthError(error) ? { code: error.code, message: error.message } : "done");
  }
  return { found: found?.token.accessToken, outcomes };
}

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

  /** Writes, but waits to be told to go on when the record has been compared and not yet replaced. */
  async pause(store) {
    const { rename } = files;
    files.rename = async (from, to) => {
      if (String(to).endsWith(".json")) {
        tell("compared");
        await once(process, "message");
      }
      return rename(from, to);
    };
    syncBuiltinESMExports();
    const found = await store.get("k");
    const version = await store.compareAndSet("k", found?.version, { accessToken: "late" });
    tell({ isWritten: version !== undefined });
    process.disconnect();
  },

  /** Waits for the lock, but waits to be told to go on when it is about to end the claim of a holder whose time is over. */
  async takeOver(store) {
    const { unlink } = files;
    let isFirst = true;
    files.unlink = async (path) => {
      if (isFirst) {
        isFirst = false;
        tell("judged");
        await once(process, "message");
      }
      return unlink(path);
    };
    syncBuiltinESMExports();
    const lock = store.withLock("k", { waitMs: 300, holdMs: 1000 }, () => Promise.resolve("had"));
    tell(await lock.catch((error: unknown) => (isOAuthError(error) ? error.code : "failed")));
    process.disconnect();
  },

  /** Writes under a lock, and is killed before one of its file system calls. */
  async die(store) {
    const found = await store.get("k");
    let left = Number(rest[0]);
    for (const name of ["mkdir", "open", "readdir", "rename", "rmdir", "unlink"] as const) {
      const call = files[name] as (...parameters: unknown[]) => unknown;
      Object.assign(files, {
        [name](...parameters: unknown[]) {
          left -= 1;
          if (left === 0) process.kill(process.pid, "SIGKILL");
          return call(...parameters);
        },
      });
    }
    syncBuiltinESMExports();
    await store.withLock("k", { waitMs: 1000, holdMs: 100 }, () =>
      store.compareAndSet("k", found?.version, { accessToken: "new" }),
    );
    tell("survived");
    process.disconnect();
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

  /** Tries each method, and tells the errors. */
  async try(store) {
    tell(await outcomesOf(store));
    process.disconnect();
  },

  /** Inspects a store as if its directory were on file systems of these types. */
  async inspect(store) {
    const { statfs } = files;
    const found: unknown[] = [];
    for (const type of rest.map(Number)) {
      Object.assign(files, {
        statfs: async (path: string) => Object.assign(await statfs(path), { type }),
      });
      syncBuiltinESMExports();
      found.push((await store.inspect()).findings);
    }
    tell(found);
    process.disconnect();
  },

  /** Writes, and tells what was written to the disk and what was renamed, in order. */
  async trace(store) {
    const { open, rename } = files;
    const calls: string[] = [];
    files.open = async (path, ...others) => {
      const file = await open(path, ...others);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        calls.push(`sync ${String(path)}`);
      };
      return file;
    };
    files.rename = async (from, to) => {
      calls.push(`rename ${String(from)} ${String(to)}`);
      await rename(from, to);
    };
    syncBuiltinESMExports();
    await store.compareAndSet("k", undefined, { accessToken: "new" });
    calls.push("written");
    tell(calls);
    process.disconnect();
  },

  /** Fills the disk, tries each method, makes it read-only and tries again, and again when it is sound. */
  async fill(store) {
    await store.compareAndSet("k", undefined, { accessToken: "old" });
    const tried: unknown[] = [];
    const filling = join(directory, "filling");
    const remount = (right: "ro" | "rw") =>
      execFileSync("mount", ["-o", `remount,${right}`, dirname(directory)]);
    await files.writeFile(filling, Buffer.alloc(1_000_000)).catch(() => undefined);
    tried.push(await outcomesOf(store));
    await files.rm(filling);
    remount("ro");
    tried.push(await outcomesOf(store));
    remount("rw");
    tried.push(await outcomesOf(store));
    tell(tried);
    process.disconnect();
  },
};

await tasks[task]?.(new FileTokenStore({ directory: directory || "." }));
