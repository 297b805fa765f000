import type { ClientContext } from "../client-context.ts";
import { usableToken } from "../tokens/place-token.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import type { StoreLease, TokenStore } from "../tokens/token-store.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import { HeldLease, LEASE } from "./held-lease.ts";
import { storeFailed } from "./refresh-errors.ts";

/** A stored token and the version that the store gave it. */
export interface TokenVersion {
  readonly token: Token;
  readonly version: string;
}

/** Milliseconds that a process waits for the lock beyond the two requests that its holder may need. */
const WAIT_MARGIN = 10_000;

/** How many times a write is tried when others write the same record. */
export const MOST_ATTEMPTS = 10;

/** Why a write was given up. */
export const BUSY = "others kept writing the same record";

/** One record of a token store, read and written as a `Token`. */
export class StoredRecord {
  /** The token that was in the record when it was deleted. */
  removed: Token | undefined;
  readonly #client: ClientContext;
  readonly #store: TokenStore;
  readonly #key: string;
  #isRemoved = false;

  constructor(client: ClientContext, store: TokenStore, key: string) {
    this.#client = client;
    this.#store = store;
    this.#key = key;
  }

  /**
   * Reads what the store holds now.
   *
   * @param secrets - Tokens that the error must not show.
   * @throws OAuthError: `TOKEN_INVALID`, `STORE_FAILED`.
   */
  async read(secrets: readonly Token[]): Promise<TokenVersion | undefined> {
    const stored = await this.#try(() => this.#store.get(this.#key), secrets);
    return stored && { token: usableToken(Token.from(stored.token)), version: stored.version };
  }

  /** Replaces one version by a token; undefined when another process was first. Errors of the store are thrown as they are. */
  replace(version: string | undefined, next: Token): Promise<string | undefined> {
    return this.#store.compareAndSet(this.#key, version, next.toJSON());
  }

  /**
   * Writes a token over whatever is there.
   *
   * @throws OAuthError: `STORE_FAILED`.
   */
  async overwrite(token: Token): Promise<TokenVersion> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const stored = await this.#try(() => this.#store.get(this.#key), [token]);
      const version = await this.#try(() => this.replace(stored?.version, token), [token]);
      if (version !== undefined) return { token, version };
    }
    throw storeFailed(this.#client.provider.name, new Error(BUSY), [token]);
  }

  /** Deletes the record once: a later record is a new sign-in. Errors of the store are thrown as they are. */
  async remove(): Promise<void> {
    for (let attempt = 0; !this.#isRemoved && attempt <= MOST_ATTEMPTS; attempt += 1) {
      const stored = await this.#store.get(this.#key);
      // Remembered before it is deleted: a store may delete it and still fail.
      if (stored) this.removed = readable(stored.token) ?? this.removed;
      const version = attempt < MOST_ATTEMPTS ? stored?.version : undefined;
      this.#isRemoved = !stored || (await this.#store.delete(this.#key, version));
    }
  }

  /**
   * Does some work under the record's lock, which is extended until the work is done. Work that failed because the lock was
   * lost before anything was sent is done once more: in a process that was paused, another one has refreshed meanwhile.
   *
   * @param work - Gets a function to await before each request: it throws when the lock is lost.
   */
  async withLock(work: (beforeSend: () => Promise<void>) => Promise<void>): Promise<void> {
    const waitMs = 2 * this.#client.endpointTimeout + WAIT_MARGIN;
    let isSent = false;
    const underLock = async (lease: StoreLease): Promise<void> => {
      const held = new HeldLease(this.#client, lease);
      try {
        await work(async () => {
          await this.#try(() => held.assertHeld(), []);
          isSent = true;
        });
      } finally {
        held.end();
      }
    };
    const limits = { waitMs, holdMs: LEASE };
    try {
      await this.#store.withLock(this.#key, limits, underLock);
    } catch (error) {
      const isLost = OAuthError.isInstance(error) && error.code === "STORE_LOCK_LOST";
      if (!isLost || isSent) throw error;
      await this.#store.withLock(this.#key, limits, underLock);
    }
  }

  async #try<T>(work: () => Promise<T>, secrets: readonly Token[]): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeFailed(this.#client.provider.name, error, secrets);
    }
  }
}

/** Reads a stored token; undefined for a record that is not a token, which can be deleted but not revoked. */
function readable(record: TokenRecord): Token | undefined {
  try {
    return Token.from(record);
  } catch {
    return undefined;
  }
}
