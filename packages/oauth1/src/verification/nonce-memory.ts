import { OAuthError } from "@grantkit/core";

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

/** How many nonces are remembered at most: no more than half of them are those of one client. */
const MOST = 200_000;

/** Milliseconds between two searches for nonces that may be forgotten. */
const SWEEP_INTERVAL = 1000;

/**
 * Remembers the nonces that this process has seen. None is forgotten early, however many requests come: a client that has as
 * many nonces here as there is room left is refused. So one client cannot have another's nonces forgotten, nor take all the
 * room.
 */
export class NonceMemory {
  // By client, each nonce with the time in milliseconds until which it is remembered.
  readonly #clients = new Map<string, Map<string, number>>();
  #size = 0;
  #sweptAt = -Infinity;

  /**
   * Stores a nonce, and returns whether it was new; `now` is in milliseconds since the epoch.
   *
   * @throws OAuthError with code `RATE_LIMITED` when the client's share is full.
   */
  use(use: NonceUse, now: number): boolean {
    if (Math.abs(now - this.#sweptAt) >= SWEEP_INTERVAL) this.#sweep(now);
    const { clientKey, resourceOwnerKey = null, timestamp, nonce, rememberFor } = use;
    const own = this.#clients.get(clientKey) ?? new Map<string, number>();
    const key = JSON.stringify([resourceOwnerKey, timestamp, nonce]);
    if ((own.get(key) ?? -Infinity) > now) return false;
    if (own.size >= MOST - this.#size) throw fullShare();
    if (!own.has(key)) this.#size += 1;
    own.set(key, now + rememberFor * 1000);
    this.#clients.set(clientKey, own);
    return true;
  }

  /** Forgets what may be forgotten. */
  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [clientKey, own] of this.#clients) {
      for (const [key, until] of own) {
        if (until <= now && own.delete(key)) this.#size -= 1;
      }
      if (own.size === 0) this.#clients.delete(clientKey);
    }
  }
}

function fullShare(): OAuthError {
  return new OAuthError(
    "RATE_LIMITED",
    "The client has sent more requests than this process can store nonces for, so a copy of this request could not be recognized. Try again in some minutes, or pass a useNonce function with a larger store.",
    { retryable: true },
  );
}
