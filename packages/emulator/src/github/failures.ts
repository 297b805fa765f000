import type { GitHubFailure, GitHubSwitches } from "./options.ts";
import type { NamedFailure } from "../server/failures.ts";
import { apiError, rateLimited, withDate } from "./api-errors.ts";
import { graphqlRateLimited } from "./graphql.ts";
import { errorReply } from "./token-reply.ts";

const isApi = (path: string): boolean => path.startsWith("/api/");
const isGraphql = (path: string): boolean => path === "/api/graphql";
const isToken = (path: string): boolean => path === "/login/oauth/access_token";

/** Makes the failures by name, on the given clock (milliseconds). They follow the current switches. */
export function githubFailures(
  switches: GitHubSwitches,
  now: () => number,
): Readonly<Record<GitHubFailure, NamedFailure>> {
  const apiFailure = (respond: () => Response, appliesTo = isApi): NamedFailure => ({
    appliesTo,
    respond: () => withDate(respond(), now()),
  });
  return {
    "api-bad-credentials": apiFailure(() => apiError(401, "Bad credentials")),
    "api-primary-rate-limit": apiFailure(() => rateLimited("primary", 403, now())),
    "api-secondary-rate-limit": apiFailure(() => rateLimited("secondary", 403, now())),
    "api-secondary-rate-limit-without-retry-after": apiFailure(() =>
      rateLimited("secondary-without-retry-after", 429, now()),
    ),
    // Not documented; from memory.
    "api-sso-required": apiFailure(() =>
      apiError(403, "Resource protected by organization SAML enforcement.", {
        "x-github-sso": "required; url=https://github.com/orgs/example/sso",
      }),
    ),
    // From memory: the error after repeated bad credentials.
    "api-login-attempts": apiFailure(() =>
      apiError(403, "Maximum number of login attempts exceeded. Please try again later."),
    ),
    "graphql-rate-limit": apiFailure(() => graphqlRateLimited(switches, now()), isGraphql),
    "api-unavailable": apiFailure(() => new Response("<html>Unicorn!</html>", { status: 502 })),
    "token-unavailable": {
      appliesTo: isToken,
      respond: () => new Response("<html>Unicorn!</html>", { status: 503 }),
    },
    "token-bad-refresh-token": {
      appliesTo: isToken,
      respond: (c) =>
        errorReply(c, "bad_refresh_token", "The refresh token passed is incorrect or expired."),
    },
    // The error for more than ten tokens an hour for one user, application and scope.
    "token-too-many": { appliesTo: isToken, respond: () => new Response(null, { status: 429 }) },
  };
}
