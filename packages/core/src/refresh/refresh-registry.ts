import { publish } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import { refreshKey, isSameToken } from "./refresh-key.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { type OnTokenUpdate, RefreshedToken } from "./refreshed-token.ts";
import { renewalFailed, sessionEnded } from "./refresh-errors.ts";

/** What a session brings to a renewal. */
export interface RenewalOptions {
  readonly onTokenUpdate?: OnTokenUpdate | undefined;
  /** Gets a token in the place of one that has ended and has no refresh token. */
  readonly renew?: ((expired: Token) => Promise<Token>) | undefined;
}

/** What a registry cannot do itself. */
export interface RefreshRegistryParts {
  readonly provider: string;
  /** Asks the provider for a new token; `beforeSend` is awaited before each request. */
  readonly refresh: (token: Token, beforeSend?: () => Promise<void>) => Promise<Token>;
  /** Has the provider revoke a token that nobody will use. */
  readonly revoke: (token: Token) => Promise<void>;
  readonly now: () => number;
  readonly random: () => number;
}

/** What is known of what a token is renewed with. */
interface RefreshState {
  /** The refresh that is under way. */
  pending: Promise<RefreshedToken> | undefined;
  /** What came of the last one. */
  renewal: RefreshedToken | undefined;
  /** The provider's final no. */
  refusal: OAuthError | undefined;
  /** Revoked or deleted: what was issued until then is at its end. */
  ended: { readonly at: number; readonly error: OAuthError } | undefined;
  /** 0 to 1: how much of the time for it a refresh ahead of the end lets pass. */
  jitter: number | undefined;
}

/** Enough for the users of one process in the minutes that count; beyond that the oldest is forgotten. */
const MOST_STATES = 10_000;

/** Errors after which a refresh token will never work again. */
const FINAL = new Set<OAuthError["code"]>(["INVALID_GRANT", "SUBJECT_MISMATCH"]);

const newRefreshState = (): RefreshState => ({
  pending: undefined,
  renewal: undefined,
  refusal: undefined,
  ended: undefined,
  jitter: undefined,
});

/**
 * The refreshes of one client: at most one at a time for a refresh token, whichever session asks; and what came of
 * it is there for a session that is made, a moment later, from the token before.
 */
export class RefreshRegistry {
  readonly #states = new RecentlyUsed<RefreshState>(MOST_STATES, ({ pending, renewal }) => {
    return pending ? "pinned" : (renewal?.hold ?? "evictable");
  });
  readonly #renewals = new WeakMap<Token, RefreshedToken>();
  readonly #parts: RefreshRegistryParts;

  constructor(parts: RefreshRegistryParts) {
    this.#parts = parts;
  }

  /** The newest token that this client knows to have come from a token. */
  newest(token: Token): Token {
    let current = token;
    for (;;) {
      const key = refreshKey(current);
      const renewal = this.#states.peek(key)?.renewal;
      if (!renewal || renewal.next === current) return current;
      // A provider that keeps one refresh token for good: the store may hold a later access token than we do.
      if (refreshKey(renewal.next) === key) return renewal.laterOf(current);
      current = renewal.next;
    }
  }

  /** Why a token is at its end, though it may not have expired: it was revoked or deleted. */
  endOf(token: Token): OAuthError | undefined {
    const ended = this.#states.peek(refreshKey(token))?.ended;
    // What was issued later came of a new sign-in: some providers give the same token again.
    return ended && (token.issuedAt?.getTime() ?? 0) <= ended.at ? ended.error : undefined;
  }

  /** Why a token will never be renewed, as far as is known. */
  refusalOf(token: Token): OAuthError | undefined {
    return this.#states.peek(refreshKey(token))?.refusal;
  }

  /** Whether a renewal of a token is under way. */
  isRenewing(token: Token): boolean {
    return this.#states.peek(refreshKey(token))?.pending !== undefined;
  }

  /** Waits until no renewal of a token is under way, however that ends. */
  async settled(token: Token): Promise<void> {
    await this.#states.peek(refreshKey(token))?.pending?.catch(() => undefined);
  }

  /** How much of its time for it a refresh ahead of a token's end lets pass, 0 to 1: drawn once for each refresh token. */
  jitterOf(token: Token): number {
    const state = this.#state(token);
    state.jitter ??= this.#parts.random();
    return state.jitter;
  }

  /**
   * Ends a token for every session, and what a refresh of it that is under way will bring.
   *
   * @returns The error that requests with it fail with from now on.
   */
  end(token: Token): OAuthError {
    const ended = { at: this.#parts.now(), error: sessionEnded(this.#parts.provider) };
    for (const each of new Set([token, this.newest(token)])) this.#state(each).ended = ended;
    return ended.error;
  }

  /** Has the provider revoke a token that came too late for anybody to use; nobody is told when that fails. */
  async discard(token: Token): Promise<void> {
    this.end(token);
    await this.#parts.revoke(token).catch(() => undefined);
  }

  /**
   * Renews a token, or waits for the renewal that is under way, or finds the one that has been. The save is
   * awaited too: nobody goes on with a token that is not stored.
   *
   * @param beforeSend - Awaited before each request to the provider; what it throws stops the renewal.
   * @throws OAuthError: why it could not be renewed, or `TOKEN_UPDATE_FAILED` when the save failed.
   */
  async renew(
    token: Token,
    options: RenewalOptions = {},
    beforeSend?: () => Promise<void>,
  ): Promise<Token> {
    const newest = this.newest(token);
    const ended = this.endOf(newest);
    if (ended) throw ended;
    if (!isSameToken(newest, token) && !newest.isExpired(0, this.#parts.now())) {
      await this.ensureSaved(newest, options.onTokenUpdate);
      return newest;
    }
    if (!isRenewable(newest, options)) return this.#parts.refresh(newest);
    const state = this.#state(newest);
    if (state.refusal) throw state.refusal;
    state.pending ??= this.#start(state, newest, options, beforeSend).finally(() => {
      state.pending = undefined;
    });
    const renewal = await state.pending;
    await renewal.save(options.onTokenUpdate);
    return renewal.next;
  }

  /**
   * Saves a token whose save has failed, or was nobody's task yet; undefined when there is nothing to save.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  ensureSaved(token: Token, onTokenUpdate: OnTokenUpdate | undefined): Promise<void> | undefined {
    const renewal = this.#renewals.get(token);
    return renewal && !renewal.isSaved ? renewal.save(onTokenUpdate) : undefined;
  }

  async #start(
    state: RefreshState,
    token: Token,
    options: RenewalOptions,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<RefreshedToken> {
    const { ended } = state;
    const next = await this.#told(this.#ask(state, token, options, beforeSend));
    if (state.ended && state.ended !== ended) {
      await this.discard(next);
      throw state.ended.error;
    }
    const { provider } = this.#parts;
    const renewal = new RefreshedToken(provider, token, next, this.#renewals.get(token));
    // A refresh token that comes into use begins a chain; what it led to before, if anything, is history.
    this.#state(next).renewal = undefined;
    state.renewal = renewal;
    this.#renewals.set(next, renewal);
    this.#renewals.delete(token);
    return renewal;
  }

  /** Tells operators how a renewal ended. */
  async #told(renewal: Promise<Token>): Promise<Token> {
    const { provider, now } = this.#parts;
    const start = now();
    const tell = (outcome: "failed" | "refreshed", error?: unknown): void =>
      publish("grantkit:refresh", () => ({
        provider,
        outcome,
        code: OAuthError.isInstance(error) ? error.code : undefined,
        retryable: OAuthError.isInstance(error) && error.retryable,
        duration: now() - start,
      }));
    try {
      const token = await renewal;
      tell("refreshed");
      return token;
    } catch (error) {
      tell("failed", error);
      throw error;
    }
  }

  async #ask(
    state: RefreshState,
    token: Token,
    { renew }: RenewalOptions,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<Token> {
    const { provider, refresh } = this.#parts;
    if (token.refreshToken === undefined && renew) {
      await beforeSend?.();
      try {
        return Token.from(await renew(token));
      } catch (error) {
        throw OAuthError.isInstance(error) ? error : renewalFailed(provider, error, [token]);
      }
    }
    try {
      return await refresh(token, beforeSend);
    } catch (error) {
      const isFinal = OAuthError.isInstance(error) && FINAL.has(error.code);
      if (isFinal && token.refreshToken !== undefined) state.refusal = error;
      throw error;
    }
  }

  #state(token: Token): RefreshState {
    return this.#states.use(refreshKey(token), newRefreshState);
  }
}

/** Whether a token can be had again without the user. */
export function isRenewable(token: Token, { renew }: RenewalOptions): boolean {
  return token.refreshToken !== undefined || token.renewal !== undefined || renew !== undefined;
}
