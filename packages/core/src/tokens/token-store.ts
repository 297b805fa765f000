import type { StoreInspection } from "./store-inspection.ts";
import type { KeyPage, KeyQuery } from "./store-keys.ts";
import type { TokenRecord } from "./token-record.ts";

/** A token in a store. */
export interface StoredToken {
  /** The token, as plain JSON; it holds secrets. In a store that `encrypted()` encrypts, the store itself holds other fields. */
  readonly token: TokenRecord;
  /** The version of the record: an opaque string that the store chose when it wrote the record. */
  readonly version: string;
}

/** The time limits of a lock. */
export interface LockLimits {
  /** The longest time to wait for the lock, in milliseconds. */
  readonly waitMs: number;
  /** The time after which the lock ends by itself unless it is extended, in milliseconds. A holder may be killed. */
  readonly holdMs: number;
}

/** A lock that is held. */
export interface StoreLease {
  /** Aborts when the lock is lost: its time was over, or the store gave it to another. */
  readonly signal: AbortSignal;
  /**
   * Asks the store whether the lock is still held. Grantkit calls it just before it sends the refresh token, because
   * `signal` aborts too late in a process that was paused.
   */
  isHeld(): Promise<boolean>;
  /**
   * Makes the lock last `holdMs` from now, in one atomic step, if this holder still has it: a lock that was lost is not
   * taken again. A session calls it before it sends a refresh token, and again and again until the refresh is saved. If a
   * store has no such method, a refresh that takes longer than `holdMs` loses its lock.
   *
   * @returns Whether the lock is held.
   */
  extend?(): Promise<boolean>;
}

/**
 * Keeps tokens for all processes of an app, so that each finds the newest one and only one at a time refreshes it.
 *
 * `tokenStoreConformance` of `@grantkit/core/testing` tests what is required below. A key is any text, of any length and
 * with any character. Records are plain JSON with secrets: where others can read the store, `encrypted()` encrypts them. What a method
 * throws reaches callers as `STORE_FAILED` or `TOKEN_UPDATE_FAILED`, without the token's secrets in the message.
 */
export interface TokenStore {
  /**
   * Reads the newest record, whichever process wrote it (not from a replica that may be behind).
   *
   * @returns undefined when there is none.
   */
  get(key: string): Promise<StoredToken | undefined>;

  /**
   * Writes a token if the record still has the expected version, in one atomic step.
   *
   * @param key - The record's key.
   * @param expected - The version to replace; undefined when there must be no record.
   * @param next - The token, as JSON can hold it.
   * @returns The new version; undefined if the record has another version, and nothing was written. Never use a version twice
   * for the same key, not even after the record was deleted: a write that expects the deleted version must fail.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined>;

  /**
   * Deletes a token.
   *
   * @param key - The record's key.
   * @param expected - If set, the record is deleted only if it has this version.
   * @returns Whether a record was deleted.
   */
  delete(key: string, expected?: string): Promise<boolean>;

  /**
   * Lists keys that have a record, to show or end what a user has connected: choose keys such as `user-42/calendar`, and ask
   * for the prefix `user-42/`. Each key that has a record from the first page to the last is on exactly one page.
   *
   * @param query - Which keys, and how many at once.
   * @throws ConfigurationError for a query that cannot be used.
   */
  keys(query?: KeyQuery): Promise<KeyPage>;

  /**
   * Runs work while no other process runs work under the same key. The lock ends when the work ends, or `holdMs` after it
   * was taken or last extended, though the work may still go on. Only its holder can give it back or extend it.
   *
   * @param key - The key to lock; other keys are not affected.
   * @param limits - How long to wait for the lock, and how long it lasts.
   * @param work - Receives the lease.
   * @returns What the work returned; what it throws is thrown.
   * @throws OAuthError with code `STORE_LOCK_TIMEOUT` (`retryable`) when the lock was not free within `waitMs`.
   */
  withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>): Promise<T>;

  /**
   * Checks that the store works, for the start of an app: it is reachable, its table exists, it may write.
   *
   * @throws An error that says what to do.
   */
  check(): Promise<void>;

  /**
   * Looks at the set-up of the server or the disk behind the store, for `doctor()`: whether it evicts records, whether it
   * outlasts a restart, what time it has. A store that has nothing to tell leaves the method out.
   */
  inspect?(): Promise<StoreInspection>;

  /** Releases connections and timers; the store is not used afterwards. A second call does nothing. */
  close(): Promise<void>;
}
