import { type Clock, OAuthError } from "@grantkit/core";
import { publish, Redactor, unlessAborted } from "@grantkit/core/requests";
import { TokenMissing } from "../errors.ts";
import type { OAuth1Token } from "../token.ts";
import type { OnOAuth1TokenUpdate } from "./session-options.ts";

/** What a session's token needs of its session. */
export interface SessionTokenParts {
  readonly provider: string;
  readonly clock: Clock;
  readonly onTokenUpdate: OnOAuth1TokenUpdate | undefined;
  /** Gets a token in the place of one that has a session handle. */
  readonly renew: (token: OAuth1Token) => Promise<OAuth1Token>;
  /** Whether it is known where tokens are renewed. */
  readonly canRenew: () => boolean;
}

/** The token of a session: a request token during a sign-in, an access token afterwards. */
export class SessionToken {
  readonly #parts: SessionTokenParts;
  #access: OAuth1Token | undefined;
  #request: OAuth1Token | undefined;
  /** A renewal, or another attempt to save what it gave: one at a time, and everybody waits for it. */
  #pending: Promise<OAuth1Token> | undefined;
  /** The token whose successor is not saved yet. */
  #unsaved: OAuth1Token | undefined;

  constructor(
    parts: SessionTokenParts,
    access: OAuth1Token | undefined,
    request: OAuth1Token | undefined,
  ) {
    this.#parts = parts;
    this.#access = access;
    this.#request = request;
  }

  /** The access token, or the request token while there is none. */
  get current(): OAuth1Token | undefined {
    return this.#access ?? this.#request;
  }

  /** The access token. */
  get access(): OAuth1Token | undefined {
    return this.#access;
  }

  /** What a callback is compared with: also a token that was given without saying which kind it is. */
  get request(): OAuth1Token | undefined {
    return this.#request ?? this.#access;
  }

  /** A sign-in begins: what was there is over. */
  begin(request: OAuth1Token): void {
    this.#request = request;
    this.#access = undefined;
    this.#unsaved = undefined;
  }

  /** A sign-in is over, or a token was renewed. */
  take(access: OAuth1Token): void {
    this.#access = access;
    this.#request = undefined;
  }

  /**
   * What to sign the next request with; undefined for a call on the app's own behalf.
   *
   * @throws TokenMissing while a sign-in is under way.
   */
  async usable(signal: AbortSignal): Promise<OAuth1Token | undefined> {
    const token = this.#access;
    if (!token && this.#request) {
      throw new TokenMissing(
        "There is a request token, and no access token yet: call fetchAccessToken() when the user is back.",
        { provider: this.#parts.provider },
      );
    }
    if (!token) return undefined;
    const hasEnded = token.isExpired(this.#parts.clock.now()) && this.#isRenewable(token);
    return hasEnded ? unlessAborted(this.renew(token), signal) : this.#settled(token, signal);
  }

  /** A token in the place of one that the provider said has expired. */
  async replacement(
    failed: OAuth1Token | undefined,
    signal: AbortSignal,
  ): Promise<OAuth1Token | undefined> {
    const token = this.#access;
    if (!token) return undefined;
    if (token.key !== failed?.key) return this.#settled(token, signal);
    return this.#isRenewable(token) ? unlessAborted(this.renew(token), signal) : undefined;
  }

  /** Renews the token, or joins the renewal under way; awaits the save. */
  renew(token: OAuth1Token): Promise<OAuth1Token> {
    return this.#alone(() => this.#renewed(token));
  }

  /** A token that nothing is under way for, and nothing is left to do. */
  async #settled(token: OAuth1Token, signal: AbortSignal): Promise<OAuth1Token> {
    if (!this.#pending && !this.#unsaved) return token;
    return unlessAborted(
      this.#alone(() => this.#saved(token)),
      signal,
    );
  }

  #alone(work: () => Promise<OAuth1Token>): Promise<OAuth1Token> {
    this.#pending ??= work().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #renewed(token: OAuth1Token): Promise<OAuth1Token> {
    const start = this.#parts.clock.now();
    const next = await this.#parts.renew(token).catch((error: unknown) => {
      this.#tell(start, error);
      throw error;
    });
    this.#tell(start);
    this.take(next);
    this.#unsaved = token;
    return this.#saved(next);
  }

  #tell(start: number, error?: unknown): void {
    const { provider, clock } = this.#parts;
    const failure = OAuthError.isInstance(error) ? error : undefined;
    publish("grantkit:refresh", () => ({
      provider,
      outcome: error === undefined ? "refreshed" : "failed",
      code: failure?.code,
      retryable: failure?.retryable ?? false,
      duration: clock.now() - start,
    }));
  }

  /** The token, once it is saved: nobody goes on with one that the next start of the app would not know. */
  async #saved(token: OAuth1Token): Promise<OAuth1Token> {
    const previous = this.#unsaved;
    if (!previous) return token;
    try {
      await this.#parts.onTokenUpdate?.(token, previous);
    } catch (error) {
      throw this.#saveFailed(error, [token, previous]);
    }
    if (this.#unsaved === previous) this.#unsaved = undefined;
    return token;
  }

  #saveFailed(error: unknown, tokens: readonly OAuth1Token[]): OAuthError {
    const { provider } = this.#parts;
    const secrets = tokens.flatMap(({ key, secret, sessionHandle }) => [
      key,
      secret,
      sessionHandle,
    ]);
    const said = new Redactor(secrets).line(error instanceof Error ? error.message : "no reason");
    return new OAuthError(
      "TOKEN_UPDATE_FAILED",
      `The token was renewed, and onTokenUpdate failed to save it (${said}). The new token is kept in memory, and the next request tries to save it first.`,
      { provider, retryable: true },
    );
  }

  #isRenewable(token: OAuth1Token): boolean {
    return token.sessionHandle !== undefined && this.#parts.canRenew();
  }
}
