import { afterAll, expect, it } from "@jest/globals";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { doctor, type StoreFinding } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

/** Some machines have their temporary folder in memory. */
const withoutDisk = (found: readonly StoreFinding[]) =>
  found.filter(({ code }) => code !== "NO_PERSISTENCE");

it("reports nothing of a store on a local disk, even before its first write", async () => {
  const store = new FileTokenStore({ directory: join(processes.folder, "a/b/c") });
  expect(withoutDisk((await store.inspect()).findings)).toEqual([]);
  await store.compareAndSet("k", undefined, { accessToken: "a" });
  await store.delete("k");
  expect(withoutDisk(await doctor(store))).toEqual([]);
});

// Windows has no modes.
if (process.platform !== "win32") {
  it("reports each file that others can read, with the command that mends it", async () => {
    const store = new FileTokenStore({ directory: join(processes.folder, "open") });
    await store.compareAndSet("k", undefined, { accessToken: "a" });
    const paths = [
      store.directory,
      join(store.directory, "tmp"),
      ...readdirSync(store.directory)
        .filter((name) => name.endsWith(".json"))
        .map((name) => join(store.directory, name)),
    ];
    for (const path of paths) chmodSync(path, 0o755);
    const found = withoutDisk(await doctor(store));
    expect(found).toEqual(
      paths.map((path) => ({
        code: "READABLE_BY_OTHERS",
        message: expect.stringContaining(`'${path}'`),
        losesTokens: true,
      })),
    );
    chmodSync(store.directory, 0o700);
    chmodSync(join(store.directory, "tmp"), 0o700);
    for (const path of paths.slice(2)) chmodSync(path, 0o600);
    expect(withoutDisk(await doctor(store))).toEqual([]);
  });
}

// Only Linux tells the type of a file system. No server is at hand: the process answers statfs() with the type.
if (process.platform === "linux") {
  it("reports a directory on a network file system, and one in memory", async () => {
    const directory = join(processes.folder, "elsewhere");
    const types = { NFS: 0x6969, SMB: 0xfe534d42, FUSE: 0x65735546, "9P": 0x01021997 };
    const [tmpfs, ext4] = [0x01021994, 0xef53];
    const asked = [...Object.values(types), tmpfs, ext4].map(String);
    const onNetwork = (name: string) => ({
      code: "NOT_ON_LOCAL_DISK",
      message: expect.stringMatching(`elsewhere .*\\(${name}.*local disk`),
      losesTokens: true,
    });
    const inMemory = {
      code: "NO_PERSISTENCE",
      message: expect.stringMatching(/elsewhere is in memory/),
      losesTokens: true,
    };
    expect(await processes.start("inspect", directory, ...asked).next()).toEqual([
      ...Object.keys(types).map((name) => [onNetwork(name)]),
      [inMemory],
      [],
    ]);
  });
}
