/** Time, as everything in Grantkit reads it. Give your own to tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls back once after a delay in milliseconds; the returned function cancels.
   *
   * @param keepAlive - Whether the process should not end meanwhile: somebody waits for it, and for nothing else.
   */
  after(milliseconds: number, callback: () => void, keepAlive?: boolean): () => void;
}

/** The machine's time. Its timers do not keep a process alive, unless they are asked to. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback, keepAlive = false) {
    // A longer delay than a timer can have would end at once.
    const timer: unknown = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    // Browsers and workers give a number, Node an object.
    if (typeof timer === "object" && !keepAlive) (timer as NodeJS.Timeout).unref();
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
};
