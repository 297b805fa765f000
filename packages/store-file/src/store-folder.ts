import { lstat, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type LockLimits, OAuthError } from "@grantkit/core";
import { Claim, discard, stage } from "./claim.ts";
import { guarded } from "./file-errors.ts";
import { assertPrivate, makePrivateFolder, syncFolder } from "./private-files.ts";
import { fileNameOf, isRecordFile } from "./record-file.ts";

/** More bytes than a token usually has. */
const MOST_BYTES = 16_384;

/** After this time what a killed process had staged is removed, in milliseconds. */
const STALE = 3_600_000;

/** How long a writer may take between its look at the record and its write: two system calls. Then others go on. */
const WRITE: LockLimits = { waitMs: 10_000, holdMs: 2_000 };

/** The folder of a store, made and checked before its first use. */
export class StoreFolder {
  readonly #path: string;
  readonly #staging: string;
  #prepared: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#staging = join(path, "tmp");
  }

  /** Does some work in the folder; errors of the file system become `STORE_FAILED`. */
  use<T>(work: (folder: this) => Promise<T>): Promise<T> {
    return guarded(this.#path, async () => {
      try {
        this.#prepared ??= this.#prepare();
        await this.#prepared;
        return await work(this);
      } catch (error) {
        // Somebody may have removed the folder: the next call makes it again.
        this.#prepared = undefined;
        throw error;
      }
    });
  }

  /** The path of a file. */
  path(name: string): string {
    return join(this.#path, name);
  }

  /** The names of all records' files, in order. */
  async records(): Promise<readonly string[]> {
    return (await readdir(this.#path)).filter(isRecordFile).toSorted();
  }

  /** Claims a name, with a file of this text; undefined when others kept it. */
  async claim(name: string, text: string, limits: LockLimits): Promise<Claim | undefined> {
    const staged = await stage(this.#staging, text);
    let claim: Claim | undefined;
    try {
      claim = await Claim.of(this.path(name), staged, limits);
    } finally {
      if (!claim) await discard(staged);
    }
    return claim;
  }

  /**
   * Writes a record's file if what is there fits; whether it was written.
   *
   * @param fits - Reads the file at a path and decides.
   */
  async write(
    key: string,
    text: string,
    fits: (path: string) => Promise<boolean>,
  ): Promise<boolean> {
    const path = this.path(fileNameOf(key, "json"));
    while (await fits(path)) {
      // The new text is on the disk before the claim, so that others wait for two system calls only.
      const claim = await this.claim(fileNameOf(key, "write"), text, WRITE);
      if (!claim) {
        const message = "Others kept writing the same record. Try again.";
        throw new OAuthError("STORE_FAILED", message, { retryable: true });
      }
      try {
        if (!(await fits(path))) return false;
        // Fails if the claim was lost since, for example in a process that was paused: then look again.
        if (await claim.moveTo(path)) {
          await syncFolder(this.#path);
          return true;
        }
      } finally {
        await claim.release();
      }
    }
    return false;
  }

  /** A refresh token must not be sent when there is no space to save the next one. */
  async assertSpace(): Promise<void> {
    await discard(await stage(this.#staging, " ".repeat(MOST_BYTES)));
  }

  /** Checks all records, writes a probe, and removes what killed processes left. */
  check(): Promise<void> {
    this.#prepared = undefined;
    return this.use(async () => {
      for (const name of await this.records()) {
        assertPrivate(this.path(name), await lstat(this.path(name)), "file");
      }
      for (const name of await readdir(this.#staging)) {
        const path = join(this.#staging, name);
        const found = await stat(path).catch(() => undefined);
        const isStale = found !== undefined && found.mtimeMs < Date.now() - STALE;
        if (isStale) await rm(path, { recursive: true, force: true });
      }
      await this.assertSpace();
      const probe = await this.claim("check.lock", "", WRITE);
      await probe?.release();
    });
  }

  async #prepare(): Promise<void> {
    await makePrivateFolder(this.#path);
    await makePrivateFolder(this.#staging);
  }
}
