import type { TokenRecord } from "./token-record.ts";

/** A token as a store holds it. */
export interface StoredToken {
  /** The token, as plain JSON; it holds secrets. */
  readonly token: TokenRecord;
  /** Which writing of it this is: an opaque word that the store chose. */
  readonly version: string;
}

/** How long a lock is waited for and held. */
export interface LockLimits {
  /** Milliseconds to wait for the lock, at most. */
  readonly waitMs: number;
  /** Milliseconds after which the lock ends by itself, whatever became of its holder. */
  readonly holdMs: number;
}

/** A lock that is held. */
export interface StoreLease {
  /** Aborts when the lock is lost: its time was up, or the store gave it to another. */
  readonly signal: AbortSignal;
  /**
   * Whether the lock is still held, as the store itself sees it now. A process that was paused finds its own timers
   * late: this is what it asks before it does what only the holder may do.
   */
  isHeld(): Promise<boolean>;
}

/**
 * Where tokens are kept so that every process of an app finds the newest one, and one of them at a time refreshes it.
 *
 * What is promised below is what `tokenStoreConformance` of `@grantkit/core/testing` tests; a store that passes can
 * be given to `client.storedSession({ store, key })`. A key is any text: of any length, with any character in it. Records
 * are plain JSON with secrets in it: a store that others can read should encrypt them. What a method throws otherwise
 * reaches callers as `STORE_FAILED` or `TOKEN_UPDATE_FAILED`, with the token's secrets taken out of the message.
 */
export interface TokenStore {
  /**
   * Reads what was written last, by whichever process (not from a replica that may be behind).
   *
   * @returns undefined when there is nothing, or no longer.
   */
  get(key: string): Promise<StoredToken | undefined>;

  /**
   * Writes a token if nobody was first, in one step that no other process can come between.
   *
   * @param key - Whose token it is.
   * @param expected - The version that is to be replaced; undefined when nothing is to be there.
   * @param next - The token, as JSON can hold it.
   * @returns The new version, or undefined when somebody else was first and nothing was written. A version is never
   * used twice for a key, not after a delete either: a write that began before a delete fails after it.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined>;

  /**
   * Deletes a token.
   *
   * @param key - Whose token it is.
   * @param expected - Deletes this version alone.
   * @returns Whether something was deleted.
   */
  delete(key: string, expected?: string): Promise<boolean>;

  /**
   * Does some work while no other process does work under the same key. The lock ends when the work ends, however it
   * ends; and by itself after `holdMs`, though the work may still be going on then.
   *
   * @param key - What is locked; other keys are not.
   * @param limits - How long to wait for the lock, and how long it lasts.
   * @param work - Is given the lease to watch.
   * @returns What the work returned; what it throws is thrown.
   * @throws OAuthError with code `STORE_LOCK_TIMEOUT` (`retryable`) when the lock could not be had within `waitMs`.
   */
  withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>): Promise<T>;

  /**
   * Whether the store can work: it is reachable, its table is there, it may write. For the start of an app.
   *
   * @throws An error that says what to do.
   */
  check(): Promise<void>;

  /** Lets go of connections and timers; the store is not used afterwards. A second call does nothing. */
  close(): Promise<void>;
}
