import { lstat, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { StoreFinding, StoreInspection } from "@grantkit/core";
import { guarded } from "./file-errors.ts";
import { exposureOf, makeFolder } from "./private-files.ts";
import { isRecordFile, readKey } from "./record-file.ts";

/** The most findings of one kind: one mistake may concern all files. */
const MOST_FINDINGS = 20;

/** Types of file systems that Linux tells (statfs(2) and the kernel's magic.h). Other systems number them as they like. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x65735546, "FUSE, for example sshfs or a shared folder of a virtual machine"],
  [0x01021997, "9P, for example a Windows drive in WSL"],
  [0x786f4256, "a shared folder of VirtualBox"],
  [0x00c36400, "CephFS"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
]);
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Looks at the folder of a store and the disk below it; changes nothing but makes the folder. */
export function inspect(directory: string): Promise<StoreInspection> {
  return guarded(directory, async () => {
    await makeFolder(directory);
    const names = await readdir(directory);
    const records = names.filter(isRecordFile).map((name) => join(directory, name));
    const folders = [directory, ...(names.includes("tmp") ? [join(directory, "tmp")] : [])];
    const [exposed, unreadable]: [StoreFinding[], StoreFinding[]] = [[], []];
    for (const path of [...folders, ...records]) {
      const found = await lstat(path);
      const exposure = exposureOf(path, found);
      if (exposure !== undefined) exposed.push(finding("READABLE_BY_OTHERS", exposure));
      else if (found.isFile()) unreadable.push(...(await unreadableAt(path)));
    }
    return {
      findings: [
        ...(await findingsOfDisk(directory)),
        ...exposed.slice(0, MOST_FINDINGS),
        ...unreadable.slice(0, MOST_FINDINGS),
      ],
    };
  });
}

async function unreadableAt(path: string): Promise<StoreFinding[]> {
  const { problem } = await readKey(path);
  if (problem === undefined) return [];
  const message = `The record in ${path} ${problem}. Look at it, move it away, and let the user sign in again.`;
  return [finding("RECORD_UNREADABLE", message)];
}

async function findingsOfDisk(directory: string): Promise<StoreFinding[]> {
  const { type } = await statfs(directory);
  const network = process.platform === "linux" ? NETWORK.get(type) : undefined;
  if (network !== undefined) {
    const message = `${directory} is on a network file system (${network}), where locks between machines do not hold. Pass a directory on a local disk.`;
    return [finding("NOT_ON_LOCAL_DISK", message)];
  }
  if (process.platform !== "linux" || !IN_MEMORY.has(type)) return [];
  const message = `${directory} is in memory (tmpfs), so that a restart of the machine signs everybody out. Pass a directory on a disk.`;
  return [finding("NO_PERSISTENCE", message)];
}

function finding(code: StoreFinding["code"], message: string): StoreFinding {
  return { code, message, losesTokens: true };
}
