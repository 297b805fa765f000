import { type Clock, type RateLimitWaitFunction, systemClock } from "@grantkit/core";
import {
  mustBeSeconds,
  optionProblems,
  type OptionRules,
  ownOptions,
  throwProblems,
} from "@grantkit/core/requests";
import { GitHubApiError } from "./api-error.ts";
import { graphqlReason } from "./graphql.ts";
import { DEFAULT_LONGEST, type RateLimitWait } from "./retry-when-rate-limited.ts";

const RULES: OptionRules<Pick<RateLimitWait, "longest">> = { longest: mustBeSeconds };

/**
 * Makes the function that decides how long the requests of a client wait for GitHub's rate limits.
 *
 * @throws ConfigurationError for an option that is none.
 */
export function rateLimitWait(
  options: Pick<RateLimitWait, "longest">,
  clock: Clock = systemClock,
): RateLimitWaitFunction {
  const problems = optionProblems(options, RULES, "waitForRateLimit.");
  throwProblems("The GitHub client", problems, "github");
  const { longest = DEFAULT_LONGEST } = ownOptions(options);
  return async ({ status, header, data }, waited) => {
    const isGraphql = status === 200 && header("x-ratelimit-resource") === "graphql";
    if (status !== 403 && status !== 429 && !isGraphql) return undefined;
    const body = await data();
    const now = clock.now();
    const reason = isGraphql ? graphqlReason(body) : undefined;
    const answer = { status, header, body, what: "the request", now, reason };
    const { resetAt, isResetKnown } = new GitHubApiError(answer);
    if (resetAt === undefined) return undefined;
    // Where GitHub names no time, each wait is twice as long as the one before.
    const seconds = (resetAt.getTime() - now) / 1000 + (isResetKnown === true ? 0 : waited);
    return waited + seconds <= longest ? seconds : undefined;
  };
}
