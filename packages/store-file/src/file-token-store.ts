import { resolve } from "node:path";
import {
  ConfigurationError,
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  type StoredToken,
  type StoreInspection,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import {
  lockTimeout,
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
  readKeyQuery,
} from "@grantkit/core/requests";
import { defaultDirectory } from "./default-directory.ts";
import { inspect } from "./inspection.ts";
import { Lease } from "./lease.ts";
import {
  DELETED,
  fileNameOf,
  isRecordFile,
  readKey,
  readRecord,
  readText,
  serialize,
} from "./record-file.ts";
import { StoreFolder } from "./store-folder.ts";

/** Where a {@link FileTokenStore} keeps its files: one of the two is needed. */
export interface FileTokenStoreOptions {
  /**
   * The app's name, for the platform's own folder: `$XDG_STATE_HOME/NAME/tokens` (`~/.local/state/NAME/tokens`) on Linux,
   * `~/Library/Application Support/NAME/tokens` on macOS, `%LOCALAPPDATA%\NAME\tokens` on Windows.
   */
  readonly app?: string;
  /** The folder. It is made with mode 0700 if it is missing; other things in it are not touched. On a local disk. */
  readonly directory?: string;
}

const RULES: OptionRules<FileTokenStoreOptions> = {
  app: must(
    'be a name of letters, digits, ".", "-" and "_", for example "acme-cli"',
    (value) => typeof value === "string" && /^\w[\w.-]*$/.test(value),
  ),
  directory: must(
    "be the path of a folder",
    (value) => typeof value === "string" && /^[^\0]+$/.test(value),
  ),
};

/**
 * A `TokenStore` in files, for the processes of one user on one machine: command-line tools, desktop apps, agents, small
 * servers. There is one file for each key. The tokens are not encrypted: only the user's own processes can read them.
 *
 * A method throws `STORE_FAILED` for files that others can read, that belong to another user or that are damaged, and when
 * the disk is full or read-only. The message says what to do.
 *
 * @example
 * ```ts
 * import type { OAuth2Client } from "@grantkit/core";
 * import { FileTokenStore } from "@grantkit/store-file";
 *
 * const store = new FileTokenStore({ app: "acme-cli" });
 *
 * export const openSession = (client: OAuth2Client) =>
 *   client.storedSession({ store, key: "acme" });
 * ```
 */
export class FileTokenStore implements TokenStore {
  /** The folder of the files, as an absolute path. */
  readonly directory: string;
  readonly #folder: StoreFolder;

  /**
   * @param options - Where the files are.
   * @throws ConfigurationError for neither or both of `app` and `directory`.
   */
  constructor(options: FileTokenStoreOptions) {
    const problems = optionProblems(options, RULES);
    const { app, directory } = ownOptions(options ?? {});
    if (problems.length === 0 && (app === undefined) === (directory === undefined)) {
      problems.push('pass app, for example "acme-cli", or directory, and not both');
    }
    if (problems.length > 0) throw new ConfigurationError("FileTokenStore", problems);
    this.directory = resolve(directory ?? defaultDirectory(app ?? ""));
    this.#folder = new StoreFolder(this.directory);
  }

  /** See `TokenStore`. */
  get(key: string): Promise<StoredToken | undefined> {
    return this.#folder.use((folder) => readRecord(folder.path(fileNameOf(key, "json")), key));
  }

  /** See `TokenStore`. */
  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    return this.#folder.use(async (folder) => {
      const { text, version } = serialize(key, next);
      const isWritten = await folder.write(key, text, async (path) => {
        const found = await readRecord(path, key);
        return found?.version === expected;
      });
      return isWritten ? version : undefined;
    });
  }

  /**
   * See `TokenStore`. Without `expected`, it deletes a record that is unreadable too. A small file stays, without the key
   * and the token.
   */
  delete(key: string, expected?: string): Promise<boolean> {
    return this.#folder.use((folder) =>
      folder.write(key, DELETED, async (path) => {
        if (expected === undefined) return (await readText(path)) !== undefined;
        const found = await readRecord(path, key);
        return found?.version === expected;
      }),
    );
  }

  /** See `TokenStore`. It leaves out a record that is unreadable: `doctor()` reports it. */
  keys(query?: KeyQuery): Promise<KeyPage> {
    return this.#folder.use(async (folder) => {
      const { prefix, limit, cursor = "" } = readKeyQuery(query);
      if (cursor !== "" && !isRecordFile(cursor)) {
        throw new ConfigurationError("keys()", ["cursor must be the cursor of a page"]);
      }
      const keys: string[] = [];
      let last = cursor;
      for (const name of (await folder.records()).filter((each) => each > cursor)) {
        if (keys.length === limit) return { keys, cursor: last };
        const { key } = await readKey(folder.path(name));
        if (key?.startsWith(prefix)) keys.push(key);
        last = name;
      }
      return { keys };
    });
  }

  /** See `TokenStore`. */
  async withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const claim = await this.#folder.use((folder) =>
      folder.claim(fileNameOf(key, "lock"), "", limits),
    );
    if (!claim) throw lockTimeout(limits.waitMs);
    const lease = new Lease(claim, limits.holdMs);
    try {
      await this.#folder.use((folder) => folder.assertSpace());
      return await work({
        signal: lease.signal,
        isHeld: () => this.#folder.use(() => lease.isHeld()),
        extend: () => this.#folder.use(() => lease.extend()),
      });
    } finally {
      // If it fails, the lock ends by itself: what the work did counts.
      await lease.release().catch(() => undefined);
    }
  }

  /**
   * See `TokenStore`. Checks the folder and every file in it, writes a probe, and removes what killed processes left.
   *
   * @throws OAuthError with code `STORE_FAILED`.
   */
  check(): Promise<void> {
    return this.#folder.check();
  }

  /**
   * See `TokenStore`. Reports files that others can read, records that are unreadable, and a directory on a network file
   * system or in memory.
   */
  inspect(): Promise<StoreInspection> {
    return inspect(this.directory);
  }

  /** See `TokenStore`; there is nothing to release. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
