import type { ProviderErrorBody } from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { limitNamedIn } from "./rate-limit.ts";

/**
 * Reads an error of GitHub's REST API, `{ message, documentation_url, status }`. Returns undefined for any other body.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function readGitHubError(
  body: Readonly<Record<string, unknown>>,
): ProviderErrorBody | undefined {
  const own = ownOptions(body);
  const { message, documentation_url: page, status } = own;
  if (typeof message !== "string" || "error" in own || "access_token" in own) return undefined;
  return {
    error: message,
    // GitHub answers a rate limit with 403 or 429, and only the text tells it from other 403s.
    code: limitNamedIn(message) && "RATE_LIMITED",
    errorUri: typeof page === "string" ? page : undefined,
    details: typeof status === "string" ? { status } : undefined,
  };
}
