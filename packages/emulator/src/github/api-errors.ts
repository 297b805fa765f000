import { jsonReply } from "../oauth/responses.ts";
import type { GitHubServer } from "./server.ts";

/** Makes an error response of the REST API. The `status` in its body is a string. */
export function apiError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  documentation: string = "https://docs.github.com/rest",
): Response {
  const body = { message, documentation_url: documentation, status: String(status) };
  return jsonReply(body, status, headers);
}

/** Makes the response for a resource that does not exist, or that the token may not see. */
export function notFound(): Response {
  return apiError(404, "Not Found");
}

/** Makes the response to a path that GitHub may have, and the emulator has not. */
export function unserved(): Response {
  return apiError(404, "Not Found. The emulator does not serve this path.");
}

/** Sets the header Date of a response to this clock (milliseconds), instead of the machine's. */
export function withDate(reply: Response, now: number): Response {
  reply.headers.set("date", new Date(now).toUTCString());
  return reply;
}

/** Calls per hour of a signed-in user. */
export const LIMIT = 5000;
const HOUR_SECONDS = 3600;
const DOCUMENTATION =
  "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/** Makes the rate limit headers of an API response. `now` is in milliseconds, `used` counts calls. */
export function rateLimitHeaders(
  now: number,
  used: number,
  resource: "core" | "graphql" = "core",
): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  return {
    "x-ratelimit-limit": String(LIMIT),
    "x-ratelimit-remaining": String(Math.max(0, LIMIT - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(seconds - (seconds % HOUR_SECONDS) + HOUR_SECONDS),
    "x-ratelimit-resource": resource,
  };
}

/** Makes the response of the rate limit that the switch sets, if any. */
export function switchedRateLimit(server: GitHubServer): Response | undefined {
  const { rateLimit, rateLimitStatus } = server.switches;
  return rateLimit === "none" ? undefined : rateLimited(rateLimit, rateLimitStatus, server.now());
}

/** The message of a call over the primary rate limit. */
export const PRIMARY_LIMIT = "API rate limit exceeded for user ID 1.";

const SECONDARY_LIMIT =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/** Makes the response to a rate-limited call. `now` is in milliseconds. */
export function rateLimited(
  kind: "primary" | "secondary" | "secondary-without-retry-after",
  status: number,
  now: number,
): Response {
  if (kind === "primary") {
    return apiError(status, PRIMARY_LIMIT, rateLimitHeaders(now, LIMIT), DOCUMENTATION);
  }
  const wait: Record<string, string> = kind === "secondary" ? { "retry-after": "60" } : {};
  const headers = { ...rateLimitHeaders(now, 1), ...wait };
  return apiError(status, SECONDARY_LIMIT, headers, `${DOCUMENTATION}#about-secondary-rate-limits`);
}
