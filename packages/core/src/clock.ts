/** The clock and the timers that Grantkit reads. Tests give their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls back once after a delay in milliseconds; the returned function cancels.
   *
   * @param keepAlive - Whether the timer keeps the process alive, because a caller waits for it.
   */
  after(milliseconds: number, callback: () => void, keepAlive?: boolean): () => void;
}

/** The machine's clock. Its timers keep a process alive only when asked to. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback, keepAlive = false) {
    // A delay beyond what setTimeout() supports would fire at once.
    const timer: unknown = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    // setTimeout() returns a number in browsers and workers, and an object in Node.
    if (typeof timer === "object" && !keepAlive) (timer as NodeJS.Timeout).unref();
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
};
