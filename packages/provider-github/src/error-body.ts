import type { ProviderErrorBody } from "@grantkit/core";

const LIMIT = /\brate limit\b|\blogin attempts exceeded\b/i;

/**
 * Reads an error of GitHub's REST API, `{ message, documentation_url, status }`; undefined for any other body.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function readGitHubError(
  body: Readonly<Record<string, unknown>>,
): ProviderErrorBody | undefined {
  const { message, documentation_url: page, status } = body;
  if (typeof message !== "string" || "error" in body || "access_token" in body) return undefined;
  return {
    error: message,
    // A limit comes as 403 as often as 429, and only the text says which it is.
    code: LIMIT.test(message) ? "RATE_LIMITED" : undefined,
    errorUri: typeof page === "string" ? page : undefined,
    details: typeof status === "string" ? { status } : undefined,
  };
}
