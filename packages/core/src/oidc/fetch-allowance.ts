import type { Clock } from "../clock.ts";

/** How many fetches are allowed at once. */
const MOST = 5;
/** Milliseconds until one more is allowed. */
const BETWEEN = 12_000;

/** Allows five fetches a minute: five at once, then one every twelve seconds. */
export class FetchAllowance {
  readonly #clock: Clock;
  #left = MOST;
  /** Until when the fetches that time allows are in `#left`, in milliseconds since the epoch. */
  #countedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one fetch; false when none is allowed now. */
  take(): boolean {
    this.#earn(this.#clock.now());
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Gives one fetch back. */
  giveBack(): void {
    this.#left += 1;
  }

  #earn(now: number): void {
    const earned = Math.floor((now - this.#countedUntil) / BETWEEN);
    // A clock that was set back earns nothing, and starts to count from there.
    if (this.#left + earned >= MOST || earned < 0) this.#countedUntil = now;
    else this.#countedUntil += earned * BETWEEN;
    this.#left = Math.min(MOST, this.#left + Math.max(0, earned));
  }
}
