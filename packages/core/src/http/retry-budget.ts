/**
 * Limits a client's retries to a tenth of its requests, and 20 at the start. While a provider is down, more retries would
 * add to its load.
 */
export class RetryBudget {
  static readonly #EARNED = 0.1;
  static readonly #MOST = 20;
  #left = RetryBudget.#MOST;

  /** Counts a request that is not a retry. */
  earn(): void {
    this.#left = Math.min(this.#left + RetryBudget.#EARNED, RetryBudget.#MOST);
  }

  /** Takes one retry; false when none is left. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** Lists the problems of a `retries` option. */
export function retriesProblems(value: unknown): string[] {
  const sound =
    value === undefined ||
    value === false ||
    (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10);
  return sound ? [] : ["retries must be a whole number from 0 to 10, or false"];
}
