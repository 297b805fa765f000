import type { StoreLease } from "@grantkit/core";
import type { Claim } from "./claim.ts";

/** A longer delay would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The lock that somebody works under, as the work sees it. */
export class Lease implements Required<StoreLease> {
  readonly #claim: Claim;
  readonly #holdMs: number;
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** One call after another: while one renames the claim's file, another would not find it. */
  #last: Promise<unknown> = Promise.resolve();
  #isReleased = false;

  constructor(claim: Claim, holdMs: number) {
    this.#claim = claim;
    this.#holdMs = holdMs;
    this.#watch();
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  isHeld(): Promise<boolean> {
    return this.#next(() => this.#claim.isHeld());
  }

  async extend(): Promise<boolean> {
    const isHeld = await this.#next(() => this.#claim.extend());
    if (isHeld) this.#watch();
    return isHeld;
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#last;
    this.#isReleased = true;
    await this.#claim.release();
  }

  /** Asks the claim; a lock that was lost or given back once is not had again. */
  async #next(ask: () => Promise<boolean>): Promise<boolean> {
    const answer = this.#last.then(async () => {
      if (this.#isReleased || this.#lost.signal.aborted) return false;
      const isHeld = await ask();
      if (!isHeld) this.#end();
      return isHeld;
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#isReleased) return;
    this.#timer = setTimeout(() => this.#end(), Math.min(this.#holdMs, LONGEST_DELAY));
    // A lock keeps no process alive.
    this.#timer.unref();
  }

  #end(): void {
    this.#lost.abort(new DOMException("The lock has expired", "TimeoutError"));
  }
}
