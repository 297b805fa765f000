/** The nonces of accepted requests. */
export interface NonceMemory {
  /** Stores a nonce. Returns false if it was used with the same timestamp, consumer and token (RFC 5849 section 3.3). */
  isNew(use: NonceUse): boolean;
}

interface NonceUse {
  readonly consumerKey: string;
  readonly token: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** Creates an empty memory. Nonces with timestamps before `oldest()` (seconds since 1970) are dropped. */
export function nonceMemory(oldest: () => number): NonceMemory {
  const byTimestamp = new Map<number, Set<string>>();
  return {
    isNew({ consumerKey, token, timestamp, nonce }) {
      for (const past of byTimestamp.keys()) if (past < oldest()) byTimestamp.delete(past);
      const uses = byTimestamp.get(timestamp) ?? new Set();
      byTimestamp.set(timestamp, uses);
      const use = JSON.stringify([consumerKey, token, nonce]);
      if (uses.has(use)) return false;
      uses.add(use);
      return true;
    },
  };
}
