import type { Stats } from "node:fs";
import { constants, lstat, mkdir, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { hasCode, unusable } from "./file-errors.ts";

/** Windows has no modes and no user IDs: there the rights of the user's profile protect the files. */
const HAS_MODES = process.platform !== "win32";

/**
 * Refuses what others could read or could have put there.
 *
 * @throws OAuthError with code `STORE_FAILED`, whose message has the command that mends it.
 */
export function assertPrivate(path: string, found: Stats, kind: "directory" | "file"): void {
  if (found.isSymbolicLink()) throw isLink(path);
  if (kind === "directory" ? !found.isDirectory() : !found.isFile()) {
    throw unusable(`${path} is not a ${kind}. Remove it, or pass another directory.`);
  }
  const exposure = exposureOf(path, found);
  if (exposure !== undefined) throw unusable(exposure);
}

/** Says that other users can read or change a file or folder, and how to mend it; undefined if they cannot. */
export function exposureOf(path: string, found: Stats): string | undefined {
  if (!HAS_MODES) return undefined;
  const user = process.getuid?.();
  // A folder that others need too, such as /tmp, must not be closed to them.
  const alternative = found.isDirectory() ? ", or pass a directory that only this app uses." : "";
  if (found.uid !== user) {
    return `${path} belongs to another user (ID ${found.uid}). Run: sudo chown ${user} ${quoted(path)}${alternative}`;
  }
  if ((found.mode & 0o077) === 0) return undefined;
  const mode = found.isDirectory() ? "700" : "600";
  return `Other users can read or change ${path}. Run: chmod ${mode} ${quoted(path)} (and sign in again if they may have read it)${alternative}`;
}

/** Makes a folder that only this user can read, or checks the one that is there. */
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolder(path);
  assertPrivate(path, await lstat(path), "directory");
}

/** Makes a folder that only this user can read, unless something is there. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A power cut must not take away a new folder with the token in it.
  let parent = path;
  do {
    parent = dirname(parent);
    await syncFolder(parent);
  } while (parent.length >= first.length);
}

/** Reads a file that only this user can read; undefined when there is none. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: unknown) => {
      if (hasCode(error, "ENOENT")) return undefined;
      throw hasCode(error, "ELOOP", "EMLINK") ? isLink(path) : error;
    },
  );
  if (!file) return undefined;
  try {
    assertPrivate(path, await file.stat(), "file");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Writes a new file to the disk. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    if (text !== "") await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes the names in a folder to the disk, so that a rename outlasts a power cut. Windows cannot, and needs not. */
export async function syncFolder(path: string): Promise<void> {
  if (!HAS_MODES) return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes a file; whether it was there. */
export async function remove(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function isLink(path: string): Error {
  return unusable(
    `${path} is a symbolic link. Run: rm ${quoted(path)}, or pass the directory it leads to.`,
  );
}
