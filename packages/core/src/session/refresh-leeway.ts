import type { Token } from "../tokens/token.ts";

/** Seconds before its expiry at which a token is refreshed. */
const LEEWAY = 60;

/** The largest part of the leeway that may pass, so that tokens which expire together are not refreshed together. */
const MOST_JITTER = 0.2;

/**
 * Whether a token expires so soon that it is refreshed ahead.
 *
 * @param leeway - Seconds before the expiry; never more than half the token's life.
 * @param now - Milliseconds since the epoch.
 * @param jitter - The token's random share of the jitter, from 0 to less than 1; asked only when it decides.
 */
export function isWithinLeeway(
  token: Token,
  leeway: number = LEEWAY,
  now: number,
  jitter: () => number,
): boolean {
  // Decides most requests, without a look at the token's lifetime.
  if (!token.isExpired(leeway, now)) return false;
  const seconds = atMostHalfTheLife(token, leeway);
  if (!token.isExpired(seconds, now)) return false;
  if (token.isExpired(seconds * (1 - MOST_JITTER), now)) return true;
  return token.isExpired(seconds * (1 - MOST_JITTER * jitter()), now);
}

/** Without this limit a short-lived token is refreshed with every request. */
function atMostHalfTheLife({ issuedAt, expiresAt }: Token, leeway: number): number {
  if (!issuedAt || !expiresAt) return leeway;
  return Math.min(leeway, (expiresAt.getTime() - issuedAt.getTime()) / 2000);
}
