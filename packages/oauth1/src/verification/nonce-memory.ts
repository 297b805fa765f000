/** The use of a nonce, which a client and its token may use once with one timestamp (RFC 5849 §3.3). */
export interface NonceUse {
  /** The client key. */
  readonly clientKey: string;
  /** The token; undefined for none. */
  readonly resourceOwnerKey: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The nonce: at most 512 characters of any kind. */
  readonly nonce: string;
  /** Seconds to remember it for: after that its timestamp is refused. */
  readonly rememberFor: number;
}

/**
 * Stores a nonce and returns whether it was new, atomically: in Redis by `SET key 1 NX EX seconds`, in SQL by an insert into
 * a unique column. Any result but `true` refuses the request.
 */
export type UseNonce = (use: NonceUse) => boolean | Promise<boolean>;

const MOST = 100_000;

/** Remembers the nonces that this process has seen. */
export class NonceMemory {
  // In the order of arrival, each with the time in milliseconds at which it may be forgotten.
  readonly #seen = new Map<string, number>();

  /** Stores a nonce, and returns whether it was new; `now` is in milliseconds since the epoch. */
  use(use: NonceUse, now: number): boolean {
    for (const [key, until] of this.#seen) {
      if (until > now && this.#seen.size < MOST) break;
      this.#seen.delete(key);
    }
    const { clientKey, resourceOwnerKey = null, timestamp, nonce, rememberFor } = use;
    const key = JSON.stringify([clientKey, resourceOwnerKey, timestamp, nonce]);
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, now + rememberFor * 1000);
    return true;
  }
}
