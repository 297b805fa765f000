import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { TokenExpiredError, TokenUpdated } from "../errors/token-errors.ts";
import type { Token } from "../tokens/token.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import type { SessionOptions } from "./session-options.ts";

const LEEWAY = 60;

/** The token of one session: which one is current, when it is renewed, and what is done when it cannot be. */
export class SessionToken {
  readonly #provider: string;
  readonly #registry: RefreshRegistry;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  #token: Token;

  constructor(
    provider: string,
    registry: RefreshRegistry,
    clock: Clock,
    token: Token,
    options: SessionOptions,
  ) {
    this.#provider = provider;
    this.#registry = registry;
    this.#clock = clock;
    this.#token = token;
    this.#options = options;
  }

  /** The newest token that is known. */
  get current(): Token {
    this.#token = this.#registry.newest(this.#token);
    return this.#token;
  }

  /** Whether there is a token that can still be used, or renewed. */
  get authorized(): boolean {
    const { current } = this;
    const now = this.#clock.now();
    const end = current.refreshTokenExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return !current.isExpired(0, now) || (current.refreshToken !== undefined && now < end);
  }

  /**
   * A token to send, renewed when its end is near.
   *
   * @throws OAuthError when there is none; no request has been sent to the API then.
   */
  async usable(signal: AbortSignal | undefined): Promise<Token> {
    const { current } = this;
    const { leeway = LEEWAY, refresh = "auto", onTokenUpdate } = this.#options;
    const now = this.#clock.now();
    if (!current.isExpired(leewayOf(current, leeway), now)) {
      await unlessAborted(this.#registry.ensureSaved(current, onTokenUpdate), signal);
      return current;
    }
    const ended = current.isExpired(0, now);
    if (refresh === "manual" || current.refreshToken === undefined) {
      if (!ended) return current;
      throw new TokenExpiredError(
        this.#provider,
        refresh === "manual"
          ? 'the session was made with refresh: "manual". Call session.refresh().'
          : "it has no refresh token. Let the user sign in again.",
      );
    }
    try {
      return await this.#renew(current, signal);
    } catch (error) {
      // Not at its end yet: a provider that has a bad moment need not stop anybody.
      if (!ended && OAuthError.isInstance(error) && isPassing(error)) return current;
      throw error;
    }
  }

  /**
   * A token in the place of one that the API refused with a 401; undefined when there is no better one.
   *
   * @param failed - The token that was sent: only if it is still the current one is there anything to renew.
   */
  async replacement(failed: Token, signal: AbortSignal | undefined): Promise<Token | undefined> {
    if (this.#options.refresh === "manual") return undefined;
    const { current } = this;
    if (current.accessToken !== failed.accessToken) {
      await unlessAborted(this.#registry.ensureSaved(current, this.#options.onTokenUpdate), signal);
      return current;
    }
    return current.refreshToken === undefined ? undefined : this.#renew(current, signal);
  }

  /** Renews the token whether or not it has ended. */
  async refresh(): Promise<Token> {
    this.#token = await this.#registry.renew(this.current, this.#options.onTokenUpdate);
    return this.#token;
  }

  async #renew(token: Token, signal: AbortSignal | undefined): Promise<Token> {
    const renewal = this.#registry.renew(token, this.#options.onTokenUpdate);
    this.#token = await unlessAborted(renewal, signal);
    if (this.#options.refresh === "notify") throw new TokenUpdated(this.#provider, this.#token);
    return this.#token;
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

/** Stops waiting when the caller aborts; what is waited for goes on, for the others who wait. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener("abort", stop);
  }
}
