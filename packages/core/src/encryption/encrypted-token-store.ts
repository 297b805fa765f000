import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { StoreInspection } from "../tokens/store-inspection.ts";
import type { KeyPage, KeyQuery } from "../tokens/store-keys.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import type { LockLimits, StoredToken, StoreLease, TokenStore } from "../tokens/token-store.ts";
import type { RecordCipher } from "./record-cipher.ts";

/** A token store whose records are encrypted. */
export interface EncryptedTokenStore extends TokenStore {
  /**
   * Encrypts every record with the current key that is not encrypted with it yet: after all processes have the new key.
   * It overwrites no newer token. If it fails, call it again: it goes on with the records that are left.
   *
   * @throws OAuthError: what the store throws, `STORE_FAILED`.
   */
  reencrypt(): Promise<Reencryption>;
}

/** What {@link EncryptedTokenStore.reencrypt} has done. */
export interface Reencryption {
  /** How many records it encrypted. */
  readonly rewritten: number;
  /** The keys of the records that it could not read. They were left as they are. */
  readonly unreadable: readonly string[];
}

/** How many records `check()` tries to read. */
const SAMPLE = 5;

/** A store that encrypts the records of another one. */
export class EncryptingStore implements EncryptedTokenStore {
  /** Only where the other store has it. */
  readonly inspect?: () => Promise<StoreInspection>;
  readonly #store: TokenStore;
  readonly #cipher: RecordCipher;

  constructor(store: TokenStore, cipher: RecordCipher) {
    this.#store = store;
    this.#cipher = cipher;
    if (store.inspect) this.inspect = store.inspect.bind(store);
  }

  async get(key: string): Promise<StoredToken | undefined> {
    const found = await this.#store.get(key);
    return found && { ...found, token: await this.#cipher.decrypt(key, found.token) };
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    return this.#store.compareAndSet(key, expected, await this.#cipher.encrypt(key, next));
  }

  delete(key: string, expected?: string): Promise<boolean> {
    return this.#store.delete(key, expected);
  }

  keys(query?: KeyQuery): Promise<KeyPage> {
    return this.#store.keys(query);
  }

  withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    return this.#store.withLock(key, limits, work);
  }

  async check(): Promise<void> {
    await this.#store.check();
    await this.#cipher.decrypt("", await this.#cipher.encrypt("", { accessToken: "check" }));
    const { keys } = await this.#store.keys({ limit: SAMPLE });
    const unreadable = await collectUnreadable(keys, (key) => this.get(key));
    // One record may be damaged. If none can be read, the keys are wrong.
    const [first] = unreadable.values();
    if (first && unreadable.size === keys.length) throw first;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async reencrypt(): Promise<Reencryption> {
    let rewritten = 0;
    const unreadable: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ownFields(await this.#store.keys({ cursor }));
      const failed = await collectUnreadable(page.keys, async (key) => {
        if (await this.#rewrite(key)) rewritten += 1;
      });
      unreadable.push(...failed.keys());
      ({ cursor } = page);
    } while (cursor !== undefined);
    return { rewritten, unreadable };
  }

  /** Encrypts a record with the current key; false where that is not needed, or another process was first. */
  async #rewrite(key: string): Promise<boolean> {
    const found = await this.#store.get(key);
    if (!found || (await this.#cipher.isCurrent(key, found.token))) return false;
    const token = await this.#cipher.decrypt(key, found.token);
    return (await this.compareAndSet(key, found.version, token)) !== undefined;
  }
}

/** Does some work for each key, and collects the errors of records that cannot be read, by key. */
async function collectUnreadable(
  keys: readonly string[],
  work: (key: string) => Promise<unknown>,
): Promise<Map<string, OAuthError>> {
  const failures = new Map<string, OAuthError>();
  for (const key of keys) {
    try {
      await work(key);
    } catch (error) {
      if (!OAuthError.isInstance(error) || error.code !== "RECORD_UNREADABLE") throw error;
      failures.set(key, error);
    }
  }
  return failures;
}
