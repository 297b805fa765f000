import { realpath, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoreFinding } from "@grantkit/core";

/** Windows has no modes: there the rights of the user's profile protect the files. */
const HAS_MODES = process.platform !== "win32";

/** The types of network file systems, as Linux tells them (statfs(2)): NFS, SMB, CIFS, SMB 2, 9P, AFS, CephFS. */
const NETWORK = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x5346414f, 0x00c36400,
]);

/**
 * Finds files of a database that other users can read or change.
 *
 * @param file - The database's path.
 * @returns undefined if they cannot, or if they cannot enter one of the folders above.
 */
export async function findReadable(file: string): Promise<StoreFinding | undefined> {
  if (!HAS_MODES) return undefined;
  const open: string[] = [];
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    if (((await modeOf(path)) & 0o066) !== 0) open.push(path);
  }
  if (open.length === 0) return undefined;
  let path = await realpath(file);
  while (path !== dirname(path)) {
    path = dirname(path);
    if (((await modeOf(path)) & 0o011) === 0) return undefined;
  }
  const quoted = open.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(" ");
  return {
    code: "READABLE_BY_OTHERS",
    message: `Other users can read or change the database of the tokens. Run: chmod 600 ${quoted} (and let users sign in again if somebody may have read them).`,
    losesTokens: true,
  };
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mode ?? 0;
}

/** Finds a database on a network file system, where SQLite's locks are not reliable. */
export async function findNetworkDisk(file: string): Promise<StoreFinding | undefined> {
  const found = await statfs(file).catch(() => undefined);
  if (process.platform !== "linux" || !found || !NETWORK.has(found.type)) return undefined;
  return {
    code: "NOT_ON_LOCAL_DISK",
    message: `The database ${file} is on a network file system, where SQLite's locks fail. Move it to a local disk.`,
    losesTokens: true,
  };
}
