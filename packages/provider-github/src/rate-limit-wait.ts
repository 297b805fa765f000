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
import { secondsToWait } from "./rate-limit.ts";
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
    const reason = isGraphql ? graphqlReason(body) : undefined;
    if (isGraphql && reason === undefined) return undefined;
    const now = clock.now();
    const error = new GitHubApiError({ status, header, body, what: "the request", now, reason });
    return secondsToWait(error, waited, longest, now);
  };
}
