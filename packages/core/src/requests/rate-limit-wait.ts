import { ConfigurationError } from "../errors/configuration-error.ts";
import type { Deadline } from "../http/deadline.ts";
import { type Attempts, isReplayable } from "../http/retries.ts";
import type { ApiAnswer } from "../tokens/expired-token.ts";
import type { ReceivedAnswer } from "./authorizer.ts";
import type { HopSender } from "./hop-sender.ts";
import type { RequestSender } from "./request-context.ts";

/**
 * Decides how long a request waits for a rate limit of the API, where that is not a 429 with `Retry-After`, which is retried
 * anyway. It is called with each answer. After the wait the request is sent again, whatever its method, because the API has
 * not processed it; its `timeout` then begins anew. A request whose body is a stream is not sent again.
 *
 * @param answer - The answer of the API.
 * @param waited - Seconds for which the request has waited for rate limits so far.
 * @returns Seconds to wait, 0 or more; undefined to give the answer to the caller. For anything else the request throws a
 * ConfigurationError. Each wait takes at least a second, so that the API is never asked again at once and `waited` grows.
 */
export type RateLimitWaitFunction = (
  answer: ApiAnswer,
  waited: number,
) => number | undefined | Promise<number | undefined>;

/** Seconds. */
const SHORTEST_WAIT = 1;

/** Waits for the rate limits that refuse one request. */
export interface RateLimitWaits<Answer> {
  /**
   * Waits until a rate limit has ended. The request's time limit stands still meanwhile, and begins anew after it.
   *
   * @returns Whether the request is to be sent again; false for an answer that is the caller's.
   */
  wait(answer: Answer, received: ReceivedAnswer): Promise<boolean>;
}

/** Makes the waits of a request; undefined where its client waits for no limit, or its body cannot be sent again. */
export function rateLimitWaits<Answer extends { readonly status: number }>(
  { authorizer, context }: RequestSender,
  sender: HopSender<Answer>,
  attempts: Attempts,
  deadline: Deadline,
): RateLimitWaits<Answer> | undefined {
  const { rateLimitWait: judge } = authorizer;
  if (judge === undefined || !isReplayable(sender.body)) return undefined;
  const provider = context.client.provider.name;
  let waited = 0;
  return {
    async wait(answer, received) {
      const asked = await judge(received, waited);
      if (asked === undefined) return false;
      // No timer waits for such a time: the request would be sent again at once, without end.
      if (!Number.isFinite(asked) || asked < 0) throw noTime(provider);
      const seconds = Math.max(asked, SHORTEST_WAIT);
      waited += seconds;
      sender.discard(answer);
      deadline.stop();
      await attempts.wait(seconds * 1000, deadline.signal);
      deadline.restart();
      attempts.restart();
      return true;
    },
  };
}

function noTime(provider: string): ConfigurationError {
  const problem = "rateLimitWait must return a number of seconds, 0 or more, or undefined";
  return new ConfigurationError("The client", [problem], provider);
}
