/** The nonces of accepted requests. */
export interface NonceMemory {
  /** Notes a nonce; false if there was the same one with the same timestamp, consumer and token (RFC 5849 section 3.3). */
  isNew(use: NonceUse): boolean;
}

interface NonceUse {
  readonly consumerKey: string;
  readonly token: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** No nonces yet. Those whose timestamp is before `oldest()` (seconds since 1970) are forgotten. */
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
