import { afterAll, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

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
const allFail = (message: RegExp) => ({ found: "old", outcomes: Array(4).fill(failed(message)) });
const allWork = { found: "old", outcomes: Array(4).fill("done") };

/** A shell that runs a command with a disk of its own, of 128 KiB, at a folder; the system removes it when the command ends. */
const onOwnDisk = (folder: string) => [
  "unshare",
  "--mount",
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  "sh",
  "-c",
  `mount -t tmpfs -o size=128k tmpfs '${folder}' && exec "$@"`,
  "sh",
];
const [unshare = "", ...parameters] = onOwnDisk("/mnt");

// Linux lets root mount a disk, and often every user. Elsewhere a limit of file sizes and missing rights, below, stand in.
if (spawnSync(unshare, [...parameters, "true"]).status === 0) {
  it("on a full and on a read-only disk every method is STORE_FAILED, and the record stays", async () => {
    const folder = join(processes.folder, "disk");
    mkdirSync(folder);
    const running = processes.startThrough(onOwnDisk(folder), "fill", join(folder, "tokens"));
    expect(await running.next()).toEqual([
      allFail(/failed \((write|mkdir|open): ENOSPC\)\. The disk is full: free some space/),
      allFail(/failed \((mkdir|open): EROFS\)\. .*read-only: pass a directory on another/),
      allWork,
    ]);
  });
}

// Windows has neither limits of file sizes nor modes.
if (process.platform !== "win32") {
  it("without space every method is STORE_FAILED, no work is done under a lock, and nothing is left", async () => {
    const store = await storeOf("full");
    const running = processes.startWithoutSpace("try", store.directory);
    expect(await running.next()).toEqual(
      allFail(/^The token store in .*full failed \(write: EFBIG\)\. .*raise it/),
    );
    await running.ended;
    expect((await store.get("k"))?.token.accessToken).toBe("old");
    expect(readdirSync(join(store.directory, "tmp"))).toEqual([]);
  });

  it("in a folder without the right to write every method is STORE_FAILED with what to do", async () => {
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
    expect(await running.next()).toEqual(allFail(/\(mkdir: EACCES\)\. Give this user the right/));
    await running.ended;
    setMode(0o700);
    const mended = processes.startAsUser("try", store.directory, USER);
    expect(await mended.next()).toEqual(allWork);
  });
}
