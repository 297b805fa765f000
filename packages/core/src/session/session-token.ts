import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { TokenExpiredError, TokenUpdated } from "../tokens/token-errors.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import type { Token } from "../tokens/token.ts";
import { isRenewable, type RefreshRegistry } from "../refresh/refresh-registry.ts";
import { noTokenYet } from "../refresh/refresh-errors.ts";
import type { SessionOptions } from "./session-options.ts";
import type { TokenSource } from "../refresh/token-source.ts";

const LEEWAY = 60;

/** How much of the leeway may pass at most, so that tokens that end together are not refreshed together. */
const MOST_JITTER = 0.2;

/** The token of one session: when it is renewed, and what is done when it cannot be. */
export class SessionToken {
  readonly source: TokenSource;
  readonly #provider: string;
  readonly #registry: RefreshRegistry;
  readonly #clock: Clock;
  readonly #options: SessionOptions;

  constructor(
    provider: string,
    registry: RefreshRegistry,
    clock: Clock,
    source: TokenSource,
    options: SessionOptions,
  ) {
    this.source = source;
    this.#provider = provider;
    this.#registry = registry;
    this.#clock = clock;
    this.#options = options;
  }

  /** The newest token that is known; an expired placeholder where there is none yet. */
  get current(): Token {
    return this.source.current;
  }

  /**
   * The newest token that the provider issued.
   *
   * @throws OAuthError with code `TOKEN_NOT_FOUND` when there is none yet.
   */
  get issued(): Token {
    if (!this.source.isLoaded) throw noTokenYet(this.#provider);
    return this.source.current;
  }

  /** Whether there is a token that can still be used, or renewed. */
  get authorized(): boolean {
    const { current } = this;
    if (this.source.ended) return false;
    const now = this.#clock.now();
    if (!current.isExpired(0, now)) return true;
    if (!isRenewable(current, this.#options) || this.#registry.refusalOf(current)) return false;
    return now < (current.refreshTokenExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
  }

  /**
   * A token to send, renewed when its end is near.
   *
   * @throws OAuthError when there is none; no request has been sent to the API then.
   */
  async usable(signal: AbortSignal | undefined): Promise<Token> {
    const current = this.#standing();
    const now = this.#clock.now();
    const expired = current.isExpired(0, now);
    // While one caller waits for a new token, the others go on with the one that is still good.
    if (!expired && (!this.#isDue(current, now) || this.source.isRenewing)) {
      const saving = this.#saved(signal);
      if (saving) await saving;
      return current;
    }
    return expired ? this.#afterEnd(current, signal) : this.#aheadOfEnd(current, signal);
  }

  /**
   * A token in the place of one that the API refused with a 401; undefined when there is no better one.
   *
   * @param failed - The token that was sent: only if it is still the current one is there anything to renew.
   */
  async replacement(failed: Token, signal: AbortSignal | undefined): Promise<Token | undefined> {
    if (this.#isManual) return undefined;
    const current = this.#standing();
    if (current.accessToken !== failed.accessToken) {
      await this.#saved(signal);
      return current;
    }
    if (!isRenewable(current, this.#options) && !this.source.mayKnowMore) return undefined;
    try {
      return await this.#renew(signal);
    } catch (error) {
      if (isUnrenewable(error)) return undefined;
      throw error;
    }
  }

  /** A token in the place of one whose end is near. */
  async #aheadOfEnd(current: Token, signal: AbortSignal | undefined): Promise<Token> {
    if (this.#isManual || !isRenewable(current, this.#options)) return current;
    try {
      return await this.#renew(signal);
    } catch (error) {
      // Not at its end yet: a provider that has a bad moment need not stop anybody.
      if (OAuthError.isInstance(error) && isPassing(error)) return current;
      throw error;
    }
  }

  /** A token in the place of one that has ended. */
  async #afterEnd(current: Token, signal: AbortSignal | undefined): Promise<Token> {
    const hopeful = isRenewable(current, this.#options) || this.source.mayKnowMore;
    if (this.#isManual || !hopeful) throw this.#expired();
    try {
      return await this.#renew(signal);
    } catch (error) {
      throw isUnrenewable(error) ? this.#expired() : error;
    }
  }

  /** Renews the token whether or not it has ended. */
  async refresh(): Promise<Token> {
    this.#standing();
    return this.source.renew(this.#options);
  }

  /** Undefined at once when there is nothing to save: so it is for nearly every request. */
  #saved(signal: AbortSignal | undefined): Promise<void> | undefined {
    const saving = this.source.ensureSaved(this.#options);
    return saving && unlessAborted(saving, signal);
  }

  /** The current token, if it has not been revoked or deleted. */
  #standing(): Token {
    const { current, ended } = this.source;
    if (ended) throw ended;
    return current;
  }

  /** Whether the token's end is near enough to renew it. */
  #isDue(token: Token, now: number): boolean {
    const leeway = leewayOf(token, this.#options.leeway ?? LEEWAY);
    if (!token.isExpired(leeway, now)) return false;
    if (token.isExpired(leeway * (1 - MOST_JITTER), now)) return true;
    return token.isExpired(leeway * (1 - MOST_JITTER * this.#registry.jitterOf(token)), now);
  }

  async #renew(signal: AbortSignal | undefined): Promise<Token> {
    const token = await unlessAborted(this.source.renew(this.#options), signal);
    if (this.#options.refresh === "notify") throw new TokenUpdated(this.#provider, token);
    return token;
  }

  get #isManual(): boolean {
    return this.#options.refresh === "manual";
  }

  #expired(): TokenExpiredError {
    return new TokenExpiredError(
      this.#provider,
      this.#isManual
        ? 'the session was made with refresh: "manual". Call session.refresh().'
        : "it has no refresh token. Let the user sign in again.",
    );
  }
}

/** The leeway, but at most half the token's life: a short-lived token is not to be renewed on every request. */
function leewayOf({ issuedAt, expiresAt }: Token, leeway: number): number {
  if (!issuedAt || !expiresAt) return leeway;
  return Math.min(leeway, (expiresAt.getTime() - issuedAt.getTime()) / 2000);
}

function isPassing(error: OAuthError): boolean {
  return error.retryable && error.code !== "TOKEN_UPDATE_FAILED";
}

function isUnrenewable(error: unknown): boolean {
  return OAuthError.isInstance(error) && error.code === "REFRESH_TOKEN_MISSING";
}
