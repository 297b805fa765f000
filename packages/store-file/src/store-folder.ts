import { lstat, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LockLimits } from "@grantkit/core";
import { Claim, discard, stage } from "./claim.ts";
import { guarded } from "./file-errors.ts";
import { assertPrivate, makePrivateFolder } from "./private-files.ts";
import { isRecordFile } from "./record-file.ts";

/** More bytes than a token usually has. */
const MOST_BYTES = 16_384;

/** After this time what a killed process had staged is removed, in milliseconds. */
const STALE = 3_600_000;

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

  /** A refresh token must not be sent when there is no space to save the next one. */
  async assertSpace(): Promise<void> {
    await discard(await stage(this.#staging, " ".repeat(MOST_BYTES)));
  }

  /** Checks all records, writes a probe, and removes what killed processes left. */
  check(limits: LockLimits): Promise<void> {
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
      const probe = await this.claim("check.lock", "", limits);
      await probe?.release();
    });
  }

  async #prepare(): Promise<void> {
    await makePrivateFolder(this.#path);
    await makePrivateFolder(this.#staging);
  }
}
