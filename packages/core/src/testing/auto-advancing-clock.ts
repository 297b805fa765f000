import { throwProblems } from "../errors/configuration-error.ts";
import { FakeClock } from "./fake-clock.ts";

/** Milliseconds in which a server on this machine answers, even when the machine is busy. */
const USUAL_IDLE = 1000;

/**
 * A clock for tests that advances by itself: when no timer was set or cancelled for a moment, it jumps to the time of the
 * next one. A time limit of ten seconds so ends a request to a hanging server after one second, and a pause before a retry
 * is as short.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isOAuthError, type OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";
 * import { AutoAdvancingClock } from "@grantkit/core/testing";
 *
 * export async function testHangingServer(
 *   makeClient: (options: Pick<OAuth2ClientOptions, "clock">) => OAuth2Client,
 * ) {
 *   const client = makeClient({ clock: new AutoAdvancingClock() });
 *   await assert.rejects(
 *     client.fetchClientCredentialsToken(),
 *     (error) => isOAuthError(error) && error.code === "TIMEOUT",
 *   );
 * }
 * ```
 */
export class AutoAdvancingClock extends FakeClock {
  readonly #idle: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param options - `now`: milliseconds since the epoch at the start, a whole second. `idle`: real milliseconds without a
   * change of the timers before the clock jumps, 1000 by default; servers that answer more slowly than that seem to hang.
   * @throws ConfigurationError when `idle` is not a number from 0 up.
   */
  constructor({ now, idle = USUAL_IDLE }: { readonly now?: number; readonly idle?: number } = {}) {
    super(now);
    const isUsable = typeof idle === "number" && idle >= 0 && idle < 2 ** 31;
    throwProblems("AutoAdvancingClock", isUsable ? [] : ["idle must be a number of milliseconds"]);
    this.#idle = idle;
  }

  /** Calls back when so many milliseconds have passed; the returned function cancels. */
  override after(milliseconds: number, callback: () => void): () => void {
    const cancel = super.after(milliseconds, callback);
    this.#watch();
    return () => {
      cancel();
      this.#watch();
    };
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.pending === 0) return;
    this.#timer = setTimeout(() => {
      this.advance(this.untilNext ?? 0);
      this.#watch();
    }, this.#idle);
  }
}
