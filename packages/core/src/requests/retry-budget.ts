/**
 * How many requests of a client may be repeats: a tenth, and a few at the start. While a provider is down, more would
 * be load on top of its trouble.
 */
export class RetryBudget {
  static readonly #EARNED = 0.1;
  static readonly #MOST = 20;
  #left = RetryBudget.#MOST;

  /** A request that is no repeat was sent. */
  earn(): void {
    this.#left = Math.min(this.#left + RetryBudget.#EARNED, RetryBudget.#MOST);
  }

  /** Takes one repeat; false when there is none left. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** What is wrong with the option `retries`. */
export function retriesProblems(value: unknown): string[] {
  const sound =
    value === undefined ||
    value === false ||
    (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10);
  return sound ? [] : ["retries must be a whole number from 0 to 10, or false"];
}
