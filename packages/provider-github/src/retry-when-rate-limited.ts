import { type Clock, systemClock } from "@grantkit/core";
import {
  mustBeClock,
  mustBeSeconds,
  mustBeSignal,
  optionProblems,
  type OptionRules,
  ownOptions,
  pause,
  throwProblems,
} from "@grantkit/core/requests";
import { gitHubApiError } from "./api-error.ts";
import { secondsToWait } from "./rate-limit.ts";

/** How long {@link retryWhenRateLimited} waits. */
export interface RateLimitWait {
  /**
   * The longest wait in seconds, for all retries together. If the limit ends later, its error is thrown at once.
   *
   * @defaultValue `120`
   */
  readonly longest?: number;
  /** Aborts the wait. */
  readonly signal?: AbortSignal;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

const RULES: OptionRules<RateLimitWait> = {
  longest: mustBeSeconds,
  signal: mustBeSignal,
  clock: mustBeClock,
};

/** Seconds: twice the wait that GitHub asks for at least. */
export const DEFAULT_LONGEST = 120;

/**
 * Sends a request to GitHub's API, and sends it again when a rate limit that refused it has ended: at GitHub's time, and twice
 * as late with each retry where GitHub names none. A limit that GitHub does not lift by itself (bad credentials) is thrown.
 *
 * @param send - Sends the request, with a method that throws for an error status: not with `session.fetch`.
 * @throws What `send` throws, also the rate limit if it ends too late; the signal's reason; ConfigurationError.
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 *
 * @example
 * ```ts
 * import { retryWhenRateLimited, type Session } from "@grantkit/provider-github";
 *
 * export const createIssue = (session: Session, title: string) =>
 *   retryWhenRateLimited(() => session.post("/repos/octo/hello/issues", { title }), {
 *     longest: 300,
 *   });
 * ```
 */
export async function retryWhenRateLimited<T>(
  send: () => Promise<T>,
  options: RateLimitWait = {},
): Promise<T> {
  throwProblems("retryWhenRateLimited()", optionProblems(options, RULES), "github");
  const { longest = DEFAULT_LONGEST, signal, clock = systemClock } = ownOptions(options);
  let waited = 0;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      const limit = gitHubApiError(error, clock);
      const seconds = limit && secondsToWait(limit, waited, longest, clock.now());
      if (seconds === undefined) throw error;
      await pause(clock, seconds * 1000, signal);
      waited += seconds;
    }
  }
}
