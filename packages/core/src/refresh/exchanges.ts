import type { OAuthError } from "../errors/oauth-error.ts";
import type { RefreshByExchange } from "../provider-definition.ts";
import { RecentlyUsed } from "../recently-used.ts";
import {
  type DescribedProvider,
  refreshTokenMissing,
  tokenUnexchangeable,
} from "../tokens/token-errors.ts";
import type { Token } from "../tokens/token.ts";
import { refreshKey } from "./refresh-key.ts";

/** Seconds: a week, for tokens that live for two months. */
const AHEAD = 7 * 24 * 3600;
/** Milliseconds after a failure until a session tries again by itself, at most. */
const LONGEST_PAUSE = 3600_000;
/** The part of its remaining life that a token may lose by such a pause. */
const PART_OF_LIFE = 0.1;
/** Failures that a client remembers; beyond that, the least recently used is forgotten. */
const MOST_PAUSES = 10_000;

/** Decides which tokens without a refresh token are exchanged for new ones, and when. */
export class Exchanges {
  readonly #provider: DescribedProvider;
  readonly #renew: RefreshByExchange | undefined;
  readonly #now: () => number;
  /** Until when a token is not exchanged again, in milliseconds since the epoch. */
  readonly #pauses = new RecentlyUsed<number>(MOST_PAUSES);

  /**
   * @param provider - The provider, for errors.
   * @param renew - The provider's exchange; undefined where there is none, or the client cannot authenticate for it.
   * @param now - The time in milliseconds since the epoch.
   */
  constructor(
    provider: DescribedProvider,
    renew: RefreshByExchange | undefined,
    now: () => number,
  ) {
    this.#provider = provider;
    this.#renew = renew;
    this.#now = now;
  }

  /** Whether a token can be exchanged for a new one. */
  covers(token: Token): boolean {
    return this.#isExchanged(token) && !token.isExpired(0, this.#now());
  }

  /** Why a token cannot be exchanged any longer; undefined for one that can be, and for one that never could. */
  obstacle(token: Token): string | undefined {
    return this.#isExchanged(token) && token.isExpired(0, this.#now())
      ? "it could be exchanged for a new one only before it expires"
      : undefined;
  }

  /** The error of a refresh of a token that can neither be refreshed nor exchanged. */
  whyNotRefreshed(token: Token): OAuthError {
    const isLate = this.obstacle(token) !== undefined;
    return isLate ? tokenUnexchangeable(this.#provider.name) : refreshTokenMissing(this.#provider);
  }

  /**
   * Returns how many seconds before its expiry a token is replaced.
   *
   * @param leeway - The session's own choice, for other tokens.
   */
  leewayOf(token: Token, leeway: number | undefined): number | undefined {
    if (!this.#renew || !this.#isExchanged(token)) return leeway;
    return this.isPaused(token) ? 0 : Math.max(this.#renew.ahead ?? AHEAD, leeway ?? 0);
  }

  /** Waits for a refresh. After a failed exchange the token is still valid, so no request need wait for the next attempt. */
  async watch(token: Token, refresh: Promise<Token>): Promise<Token> {
    try {
      return await refresh;
    } catch (error) {
      if (this.#isExchanged(token)) this.#pause(token);
      throw error;
    }
  }

  /** Whether an exchange of the token has failed lately. */
  isPaused(token: Token): boolean {
    return this.#now() < (this.#pauses.peek(refreshKey(token)) ?? 0);
  }

  #pause(token: Token): void {
    const now = this.#now();
    const left = (token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - now;
    this.#pauses.set(refreshKey(token), now + Math.min(LONGEST_PAUSE, left * PART_OF_LIFE));
  }

  #isExchanged({ refreshToken, renewal }: Token): boolean {
    return this.#renew !== undefined && refreshToken === undefined && renewal === undefined;
  }
}
