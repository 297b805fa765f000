/** A nonce that is about to be used: a pair of client and token may use it once with one timestamp (RFC 5849 §3.3). */
export interface NonceUse {
  /** The client. */
  readonly clientKey: string;
  /** The token; undefined for none. */
  readonly resourceOwnerKey: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The nonce: up to 512 characters, any. */
  readonly nonce: string;
  /** Seconds for which it has to be remembered: after that, its timestamp is refused. */
  readonly rememberFor: number;
}

/**
 * Notes a nonce and says whether it was new, in one step that no second request can come between: in Redis
 * `SET key 1 NX EX seconds`, in SQL an insert into a column that is unique. Anything but `true` refuses the request.
 */
export type UseNonce = (use: NonceUse) => boolean | Promise<boolean>;

const MOST = 100_000;

/** The nonces that this process has seen lately. */
export class NonceMemory {
  // In the order of their coming, with the milliseconds since the epoch at which each may be forgotten.
  readonly #seen = new Map<string, number>();

  /**
   * Whether a nonce is new; it is not, the next time.
   *
   * @param now - Milliseconds since the epoch.
   */
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
