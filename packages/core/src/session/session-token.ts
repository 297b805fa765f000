import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { type DescribedProvider, TokenExpiredError, TokenUpdated } from "../tokens/token-errors.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Token } from "../tokens/token.ts";
import type { RefreshCallbacks } from "../refresh/refresh-callbacks.ts";
import type { RefreshRegistry } from "../refresh/refresh-registry.ts";
import { noTokenYet } from "../refresh/refresh-errors.ts";
import { isWithinLeeway } from "./refresh-leeway.ts";
import type { SessionOptions } from "./session-options.ts";
import type { TokenSource } from "../refresh/token-source.ts";

/** Decides when a session's token is refreshed, and what happens when it cannot be. */
export class SessionToken {
  readonly source: TokenSource;
  readonly #provider: DescribedProvider;
  readonly #registry: RefreshRegistry;
  readonly #clock: Clock;
  readonly #options: SessionOptions;

  constructor(
    provider: DescribedProvider,
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
    if (!this.source.isLoaded) throw noTokenYet(this.#provider.name);
    return this.source.current;
  }

  /** Whether there is a token that can still be used, or refreshed. */
  get authorized(): boolean {
    const { current } = this;
    if (this.source.ended) return false;
    const now = this.#clock.now();
    if (!current.isExpired(0, now)) return true;
    return this.#obstacleOf(current, now) === undefined;
  }

  /**
   * Returns a token to send, refreshed when it expires soon; at once, and not by a promise, when it is valid.
   *
   * @throws OAuthError when there is none; nothing has been sent to the API then.
   */
  usable(signal: AbortSignal | undefined): Promise<Token> | Token {
    const current = this.#currentUnlessEnded();
    const now = this.#clock.now();
    const expired = current.isExpired(0, now);
    // While one caller waits for a new token, the others use the one that is still valid.
    if (!expired && (!this.#isDue(current, now) || this.source.isRefreshing)) {
      return this.#saveIfDue(signal)?.then(() => current) ?? current;
    }
    return expired ? this.#refreshExpired(current, signal) : this.#refreshAhead(current, signal);
  }

  /**
   * Returns a token in place of one that the API rejected. Undefined, without a promise, if none can be had; a promise of
   * undefined if the refresh finds none.
   *
   * @param failed - The token that was sent; it is refreshed only if it is still the current one.
   */
  replacement(
    failed: Token,
    signal: AbortSignal | undefined,
  ): Promise<Token | undefined> | undefined {
    if (this.#isManual) return undefined;
    const current = this.#currentUnlessEnded();
    if (current.accessToken !== failed.accessToken) {
      return this.#saveIfDue(signal)?.then(() => current) ?? Promise.resolve(current);
    }
    const options = ownFields({ ...this.#options, isRejected: true });
    if (!this.#canRefresh(current, options)) return undefined;
    return this.#refresh(signal, options).catch((error: unknown) => {
      if (lacksRefreshToken(error)) return undefined;
      throw error;
    });
  }

  /** Refreshes a token that expires soon. */
  async #refreshAhead(current: Token, signal: AbortSignal | undefined): Promise<Token> {
    if (this.#isManual || !this.#registry.canRefresh(current, this.#options)) return current;
    try {
      return await this.#refresh(signal);
    } catch (error) {
      // The token is still valid, so a transient failure of the provider need not fail the request.
      const isPaused = this.#registry.exchanges.isPaused(current);
      if (OAuthError.isInstance(error) && (isTransient(error) || isPaused)) return current;
      throw error;
    }
  }

  /** Refreshes a token that has expired. */
  async #refreshExpired(current: Token, signal: AbortSignal | undefined): Promise<Token> {
    if (this.#isManual || !this.#canRefresh(current)) throw this.#expired();
    try {
      return await this.#refresh(signal);
    } catch (error) {
      throw lacksRefreshToken(error) ? this.#expired() : error;
    }
  }

  /** Whether a refresh may bring another token. */
  #canRefresh(current: Token, options: RefreshCallbacks = this.#options): boolean {
    return this.#registry.canRefresh(current, options) || this.source.mayKnowMore;
  }

  /** Refreshes the token whether or not it has expired. */
  async refresh(): Promise<Token> {
    this.#currentUnlessEnded();
    return this.source.refresh(this.#options);
  }

  /** Saves a token whose save is due; undefined without a delay when there is nothing to save, which is nearly always. */
  #saveIfDue(signal: AbortSignal | undefined): Promise<void> | undefined {
    const saving = this.source.ensureSaved(this.#options);
    return saving && unlessAborted(saving, signal);
  }

  /**
   * The current token.
   *
   * @throws OAuthError when it was revoked or deleted.
   */
  #currentUnlessEnded(): Token {
    const { current, ended } = this.source;
    if (ended) throw ended;
    return current;
  }

  /** Whether the token expires soon enough to be refreshed now. */
  #isDue(token: Token, now: number): boolean {
    const leeway = this.#registry.exchanges.leewayOf(token, this.#options.leeway);
    return isWithinLeeway(token, leeway, now, () => this.#registry.jitterOf(token));
  }

  async #refresh(
    signal: AbortSignal | undefined,
    options: RefreshCallbacks = this.#options,
  ): Promise<Token> {
    const token = await unlessAborted(this.source.refresh(options), signal);
    if (this.#options.refresh === "notify") throw new TokenUpdated(this.#provider.name, token);
    return token;
  }

  get #isManual(): boolean {
    return this.#options.refresh === "manual";
  }

  /** Why a refresh of a token fails, as far as it is known before; undefined when it may succeed. */
  #obstacleOf(token: Token, now: number): string | undefined {
    const spent = this.#registry.exchanges.obstacle(token);
    if (spent !== undefined && this.#options.renew === undefined) return spent;
    if (!this.#registry.canRefresh(token, this.#options)) return "it has no refresh token";
    if (this.#registry.refusalOf(token)) return "the provider has refused to refresh it";
    const end = token.refreshTokenExpiresAt?.getTime();
    return end !== undefined && now >= end ? "its refresh token has expired too" : undefined;
  }

  #expired(): TokenExpiredError {
    return new TokenExpiredError(this.#provider.name, this.#whyExpired(this.current));
  }

  #whyExpired(token: Token): string {
    const obstacle = this.#obstacleOf(token, this.#clock.now());
    if (this.#isManual && obstacle === undefined) {
      return 'the session was made with refresh: "manual". Call session.refresh().';
    }
    // Another process may have saved a newer token; a session that refreshes by itself has looked.
    if (this.#isManual && this.source.mayKnowMore) {
      return `${obstacle}. Call session.refresh() to read a newer token from the store, or let the user sign in again.`;
    }
    const { issuedAt, expiresAt, refreshToken } = token;
    // Another sign-in would bring the same.
    if (issuedAt && expiresAt && issuedAt.getTime() === expiresAt.getTime()) {
      return "the provider granted it with expires_in: 0. If that means that it does not expire, remove the field in a tokenResponse hook.";
    }
    const reason = `${obstacle ?? "it has no refresh token"}. Let the user sign in again.`;
    const { refreshTokenAdvice: advice } = this.#provider;
    return refreshToken === undefined && advice !== undefined ? `${reason} ${advice}` : reason;
  }
}

function isTransient(error: OAuthError): boolean {
  return error.retryable && error.code !== "TOKEN_UPDATE_FAILED";
}

function lacksRefreshToken(error: unknown): boolean {
  return OAuthError.isInstance(error) && error.code === "REFRESH_TOKEN_MISSING";
}
