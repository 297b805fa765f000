import { afterAll, expect, it } from "@jest/globals";
import { chmodSync, chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

const onPosix = process.platform === "win32" ? it.skip : it;
const USER = 12_345;

async function storeOf(name: string): Promise<FileTokenStore> {
  const store = new FileTokenStore({ directory: join(processes.folder, name) });
  await store.compareAndSet("k", undefined, { accessToken: "old" });
  return store;
}

const failed = (message: RegExp) => ({
  code: "STORE_FAILED",
  message: expect.stringMatching(message),
});

onPosix(
  "a disk that takes no byte: STORE_FAILED, no work under a lock, and the record stays",
  async () => {
    const store = await storeOf("full");
    const running = processes.startWithoutSpace("try", store.directory);
    const { outcomes } = (await running.next()) as { outcomes: unknown[] };
    const full = failed(/^The token store in .*full failed \(write: EFBIG\)\. .*raise it/);
    expect(outcomes).toEqual([full, full, full, full]);
    await running.ended;
    expect((await store.get("k"))?.token.accessToken).toBe("old");
    expect(readdirSync(join(store.directory, "tmp"))).toEqual([]);
  },
);

onPosix(
  "a folder without the right to write: STORE_FAILED with what to do, and the record stays",
  async () => {
    const store = await storeOf("read-only");
    const paths = [
      store.directory,
      ...readdirSync(store.directory).map((name) => join(store.directory, name)),
    ];
    if (process.getuid?.() === 0) for (const path of paths) chownSync(path, USER, USER);
    const setMode = (mode: number) => {
      for (const path of [join(store.directory, "tmp"), store.directory]) chmodSync(path, mode);
    };
    setMode(0o500);
    const running = processes.startAsUser("try", store.directory, USER);
    const refused = failed(/\(mkdir: EACCES\)\. Give this user the right/);
    expect(await running.next()).toEqual({ found: "old", outcomes: Array(4).fill(refused) });
    await running.ended;
    setMode(0o700);
    const mended = processes.startAsUser("try", store.directory, USER);
    expect(await mended.next()).toEqual({ found: "old", outcomes: Array(4).fill("done") });
  },
);
