import type { Clock } from "@grantkit/core";
import { unlessAborted } from "@grantkit/core/requests";
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
  #renewal: Promise<OAuth1Token> | undefined;

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
    if (!token || !token.isExpired(this.#parts.clock.now()) || !this.#isRenewable(token)) {
      return token;
    }
    return unlessAborted(this.renew(token), signal);
  }

  /** A token in the place of one that the provider said has expired. */
  async replacement(
    failed: OAuth1Token | undefined,
    signal: AbortSignal,
  ): Promise<OAuth1Token | undefined> {
    const token = this.#access;
    if (!token || token.key !== failed?.key) return token;
    return this.#isRenewable(token) ? unlessAborted(this.renew(token), signal) : undefined;
  }

  /** Renews the token, or joins the renewal under way; awaits the save. */
  renew(token: OAuth1Token): Promise<OAuth1Token> {
    this.#renewal ??= this.#renewed(token).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewed(token: OAuth1Token): Promise<OAuth1Token> {
    const next = await this.#parts.renew(token);
    this.take(next);
    await this.#parts.onTokenUpdate?.(next, token);
    return next;
  }

  #isRenewable(token: OAuth1Token): boolean {
    return token.sessionHandle !== undefined && this.#parts.canRenew();
  }
}
