import { publish } from "../diagnostics.ts";

/** Seconds by which two clocks must differ to be worth a word: a `Date` header is a whole second and travels a while. */
const NOTICEABLE = 30;
/** Milliseconds for which a measurement counts: a clock may have been set meanwhile. */
const COUNTS_FOR = 60 * 60_000;

/** How far this machine's clock is from a provider's, measured from the `Date` headers of its responses. */
export class ClockOffset {
  readonly #provider: string;
  #seconds = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #isTold = false;

  constructor(provider: string) {
    this.#provider = provider;
  }

  /**
   * Seconds by which this machine's clock is ahead of the provider's, or behind it when negative; undefined when the
   * difference is small or not known.
   *
   * @param now - Milliseconds since the epoch.
   */
  noticeable(now: number): number | undefined {
    const counts = now - this.#measuredAt < COUNTS_FOR && Math.abs(this.#seconds) >= NOTICEABLE;
    return counts ? this.#seconds : undefined;
  }

  /** Says by how many seconds this machine's clock is wrong. */
  sentence(seconds: number): string {
    return `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} that of ${this.#provider}`;
  }

  /**
   * Measures the offset by a response that just arrived, and publishes a noticeable one as a warning, once.
   *
   * @param date - The `Date` header; a response without one, or with one that cannot be read, measures nothing.
   * @param now - Milliseconds since the epoch.
   */
  measure(date: string | undefined, now: number): void {
    const serverTime = Date.parse(date ?? "");
    if (Number.isNaN(serverTime)) return;
    this.#seconds = Math.round((now - serverTime) / 1000);
    this.#measuredAt = now;
    const seconds = this.noticeable(now);
    if (seconds === undefined || this.#isTold) return;
    this.#isTold = true;
    publish("grantkit:warning", () => ({
      provider: this.#provider,
      code: "CLOCK_SKEW",
      message: `${this.sentence(seconds)}. Set the clock (NTP): ID tokens are refused beyond clockTolerance, and tokens are refreshed too early or too late.`,
      details: { seconds },
    }));
  }
}
