import { parseRetryAfter, readUnixTime } from "@grantkit/core/requests";
import type { GitHubErrorAnswer, GitHubErrorReason } from "./error-answer.ts";

/** The limits of GitHub's API: requests an hour; too many at the same time; too many bad credentials. */
export type RateLimitKind = "primary-rate-limit" | "secondary-rate-limit" | "login-attempts";

/** When a limit ends. */
export interface RateLimitReset {
  /** When the next request may be sent; undefined where GitHub does not say when. */
  readonly resetAt?: Date | undefined;
  /** Whether that time is GitHub's, and not only the least that it asks for. */
  readonly isResetKnown?: boolean | undefined;
}

type Header = GitHubErrorAnswer["header"];

const NO_RESET: RateLimitReset = { resetAt: undefined, isResetKnown: undefined };

/** Milliseconds to wait where GitHub names no time to come: it asks for at least a minute. */
const LEAST_WAIT = 60_000;

/** Reads which limit a text of GitHub's is about; undefined for any other text. */
export function limitNamedIn(text: string): RateLimitKind | undefined {
  if (/\blogin attempts exceeded\b/i.test(text)) return "login-attempts";
  if (/\bsecondary rate limit\b|\babuse detection\b/i.test(text)) return "secondary-rate-limit";
  return /\brate limit/i.test(text) ? "primary-rate-limit" : undefined;
}

/**
 * Reads which limit a refused request exceeded. GitHub answers all of them with 403 or 429.
 *
 * @returns undefined for any other error.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function limitOf(status: number, header: Header, text: string): RateLimitKind | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const named = limitNamedIn(text);
  if (named) return named;
  if (header("x-ratelimit-remaining")?.trim() === "0") return "primary-rate-limit";
  const isAskedToWait = typeof header("retry-after") === "string";
  return status === 429 || isAskedToWait ? "secondary-rate-limit" : undefined;
}

/**
 * Reads when the next request may be sent: never for a limit that GitHub does not lift by itself.
 *
 * @param now - Milliseconds since the epoch.
 */
export function resetOf(reason: GitHubErrorReason, header: Header, now: number): RateLimitReset {
  const isPrimary = reason === "primary-rate-limit";
  if (!isPrimary && reason !== "secondary-rate-limit") return NO_RESET;
  const after = parseRetryAfter(header("retry-after") ?? undefined, now);
  const reset = isPrimary ? readUnixTime(header("x-ratelimit-reset"))?.getTime() : undefined;
  const end = after === undefined ? (reset ?? 0) : now + after * 1000;
  // GitHub refused the request, so a time that has passed is none: its clock may be another.
  const isResetKnown = end > now;
  return { resetAt: new Date(isResetKnown ? end : now + LEAST_WAIT), isResetKnown };
}

/**
 * Decides how long a request waits for a limit.
 *
 * @param waited - Seconds that it has waited so far.
 * @param longest - Seconds that it may wait in all.
 * @returns Seconds, at least one; undefined for a limit that ends too late, or nobody knows when.
 */
export function secondsToWait(
  { resetAt, isResetKnown }: RateLimitReset,
  waited: number,
  longest: number,
  now: number,
): number | undefined {
  if (resetAt === undefined) return undefined;
  // Where GitHub names no time, each wait is twice as long as the one before.
  const asked = (resetAt.getTime() - now) / 1000 + (isResetKnown === true ? 0 : waited);
  const seconds = Math.max(1, asked);
  return waited + seconds <= longest ? seconds : undefined;
}
