import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { LockLimits } from "@grantkit/core";
import { hasCode } from "./file-errors.ts";
import { remove, writePrivateFile } from "./private-files.ts";

/*
 * Mutual exclusion between processes by rename() alone; docs/decisions/0008 has the proof.
 *
 * A claim is a folder with a fixed name and one file in it. The file's name is its owner, the end of its time by two
 * clocks and its duration. Who wants the claim prepares such a folder elsewhere and renames it: rename() replaces a missing or an empty
 * folder, never one with a file in it. Whose time is over loses the claim to whoever removes the file of exactly that name.
 * All that an owner does with its claim (extend it, give it back, put its file in the record's place) names that file, so that
 * it fails with ENOENT, in the same system call, once the claim was lost. No clock and no pause can make two owners.
 */

const LONGEST_PAUSE = 50;
const IS_WINDOWS = process.platform === "win32";

/** A folder that is not claimed with yet. */
export interface Staged {
  readonly folder: string;
  file: string;
}

/** Prepares a folder with one file, which is on the disk when this resolves. */
export async function stage(folders: string, text = ""): Promise<Staged> {
  const staged = { folder: join(folders, randomUUID()), file: "staged" };
  await mkdir(staged.folder, { mode: 0o700 });
  try {
    await writePrivateFile(join(staged.folder, staged.file), text);
    return staged;
  } catch (error) {
    await discard(staged);
    throw error;
  }
}

/** Removes a staged folder. */
export async function discard(staged: Staged): Promise<void> {
  await rm(staged.folder, { recursive: true, force: true });
}

/** A claim that this process has, or had. */
export class Claim {
  readonly #folder: string;
  readonly #holdMs: number;
  #file: string;

  private constructor(folder: string, file: string, holdMs: number) {
    this.#folder = folder;
    this.#file = file;
    this.#holdMs = holdMs;
  }

  /**
   * Claims a folder, and waits until it is free.
   *
   * @returns undefined when it was not free within `waitMs`.
   */
  static async of(
    folder: string,
    staged: Staged,
    { waitMs, holdMs }: LockLimits,
  ): Promise<Claim | undefined> {
    const start = performance.now();
    const watched = new Map<string, number>();
    for (let pause = 2; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      if (await isFree(folder, watched)) {
        const claim = new Claim(folder, nameOf(holdMs), holdMs);
        if (await claim.#enter(staged)) return claim;
      }
      const left = waitMs - (performance.now() - start);
      if (!(left > 0)) return undefined;
      const delay = Math.min(left, pause * (0.5 + Math.random()));
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  /** Whether its time is over, whether or not another has it. */
  get isOver(): boolean {
    return timesOf(this.#file)[1] <= uptime();
  }

  /** Whether this process still has it. */
  async isHeld(): Promise<boolean> {
    return !this.isOver && (await exists(join(this.#folder, this.#file)));
  }

  /** Makes it last from now on, in one step; whether this process still has it. */
  async extend(): Promise<boolean> {
    if (this.isOver) return false;
    const next = nameOf(this.#holdMs, this.#file);
    if (next === this.#file) return this.isHeld();
    if (!(await this.moveTo(join(this.#folder, next)))) return false;
    this.#file = next;
    return true;
  }

  /** Moves its file, in one step; false, and nothing moved, when the claim was lost. */
  async moveTo(path: string): Promise<boolean> {
    try {
      await rename(join(this.#folder, this.#file), path);
      return true;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return false;
      throw error;
    }
  }

  /** Gives it back; does nothing when it was lost. */
  async release(): Promise<void> {
    await remove(join(this.#folder, this.#file));
    // For tidiness: rmdir() removes an empty folder only, and an empty folder is as free as a missing one.
    await rmdir(this.#folder).catch(() => undefined);
  }

  async #enter(staged: Staged): Promise<boolean> {
    await rename(join(staged.folder, staged.file), join(staged.folder, this.#file));
    staged.file = this.#file;
    // Windows does not replace an empty folder.
    if (IS_WINDOWS) await rmdir(this.#folder).catch(() => undefined);
    try {
      await rename(staged.folder, this.#folder);
      return true;
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY", "EEXIST")) return false;
      if (IS_WINDOWS && hasCode(error, "EPERM", "EACCES")) return false;
      throw error;
    }
  }
}

/**
 * Whether nobody has a claim, after those whose time is over were ended.
 *
 * @param watched - Since when the caller has seen each file: one that does not change for its whole duration is over even
 * if a clock says that it is not.
 */
async function isFree(folder: string, watched: Map<string, number>): Promise<boolean> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  let isTaken = false;
  for (const file of files) {
    const now = performance.now();
    const since = watched.get(file) ?? now;
    watched.set(file, since);
    if (isOver(file) || now - since > timesOf(file)[2]) {
      await remove(join(folder, file));
    } else isTaken = true;
  }
  return !isTaken;
}

/**
 * The name of a claim's file: `owner.end.end.duration`, with the end by the machine's clock, and by the time since the
 * machine started, in milliseconds.
 */
function nameOf(holdMs: number, last?: string): string {
  const owner = last?.split(".")[0] ?? randomUUID();
  const times = [Date.now() + holdMs, uptime() + holdMs, holdMs];
  return [owner, ...times.map(Math.ceil)].join(".");
}

/** Reads the times in a name. */
function timesOf(file: string): readonly [end: number, endOfUptime: number, duration: number] {
  const [end = 0, endOfUptime = 0, duration = 0] = file.split(".").slice(1).map(Number);
  return [end || 0, endOfUptime || 0, duration || 0];
}

/** Milliseconds since the machine started, the same in all processes. Whoever sets the clock does not change it. */
function uptime(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Whether the time of a claim is over by both clocks: one may have been set, the other began anew with the machine. */
function isOver(file: string): boolean {
  const [end, endOfUptime] = timesOf(file);
  return end <= Date.now() && endOfUptime <= uptime();
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
