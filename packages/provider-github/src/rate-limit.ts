import { parseRetryAfter } from "@grantkit/core/requests";
import type { GitHubErrorAnswer } from "./error-answer.ts";

/** The limits of GitHub's API: requests an hour; too many at the same time; too many bad credentials. */
export type RateLimitKind = "primary-rate-limit" | "secondary-rate-limit" | "login-attempts";

/** A limit that a request exceeded. */
export interface RateLimit {
  /** Which limit. */
  readonly kind: RateLimitKind;
  /** When the next request may be sent; undefined where GitHub does not say when. */
  readonly resetAt?: Date;
  /** Whether that time is GitHub's, and not only the least that it asks for. */
  readonly isResetKnown?: boolean;
}

/** An error response, as far as it shows a limit; the message is GitHub's. */
type LimitedAnswer = Pick<GitHubErrorAnswer, "status" | "header"> & { readonly message: string };

/** Milliseconds to wait where GitHub names no time to come: it asks for at least a minute. */
const LEAST_WAIT = 60_000;

/**
 * Reads which limit a refused request exceeded. GitHub answers all of them with 403 or 429.
 *
 * @param answer - The error response.
 * @param now - Milliseconds since the epoch.
 * @returns undefined for any other error.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function rateLimitOf(answer: LimitedAnswer, now: number): RateLimit | undefined {
  const kind = kindOf(answer);
  if (kind === undefined) return undefined;
  if (kind === "login-attempts") return { kind };
  const { header } = answer;
  const reset = kind === "primary-rate-limit" ? header("x-ratelimit-reset") : undefined;
  const wait =
    parseRetryAfter(header("retry-after") ?? undefined, now) ??
    (/^\d{1,12}$/.test(reset ?? "") ? Number(reset) - now / 1000 : 0);
  // GitHub refused the request, so a time that has passed is none: its clock may be another.
  return wait > 0
    ? { kind, resetAt: new Date(now + wait * 1000), isResetKnown: true }
    : { kind, resetAt: new Date(now + LEAST_WAIT), isResetKnown: false };
}

function kindOf({ status, header, message }: LimitedAnswer): RateLimitKind | undefined {
  if (status !== 403 && status !== 429) return undefined;
  if (/login attempts exceeded/i.test(message)) return "login-attempts";
  if (/\bsecondary rate limit\b|\babuse detection\b/i.test(message)) return "secondary-rate-limit";
  const isSpent = header("x-ratelimit-remaining")?.trim() === "0";
  if (isSpent || /\brate limit exceeded\b/i.test(message)) return "primary-rate-limit";
  const isAskedToWait = (header("retry-after") ?? undefined) !== undefined;
  return status === 429 || isAskedToWait ? "secondary-rate-limit" : undefined;
}
