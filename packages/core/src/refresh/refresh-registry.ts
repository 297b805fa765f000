import { ownFields } from "../options/own-fields.ts";
import { publishRefresh } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { PartlyRefused } from "../tokens/partly-refused.ts";
import { Token } from "../tokens/token.ts";
import { refreshKey, isSameToken } from "./refresh-key.ts";
import { RecentlyUsed } from "../recently-used.ts";
import { type OnTokenUpdate, RefreshedToken } from "./refreshed-token.ts";
import { renewalFailed, sessionEnded } from "./refresh-errors.ts";

/** What a session contributes to a refresh. */
export interface RefreshCallbacks {
  readonly onTokenUpdate?: OnTokenUpdate | undefined;
  /** Gets a token in place of an expired one that has no refresh token. */
  readonly renew?: ((expired: Token) => Promise<Token>) | undefined;
}

/** What a registry needs from its client. */
export interface RefreshRegistryParts {
  readonly provider: string;
  /** Asks the provider for a new token; `beforeSend` is awaited before each request. */
  readonly refresh: (token: Token, beforeSend?: () => Promise<void>) => Promise<Token>;
  /** Has the provider revoke a token that nobody uses. */
  readonly revoke: (token: Token) => Promise<void>;
  readonly now: () => number;
  readonly random: () => number;
}

/** What is known about one refresh token, or about the grant that replaces it. */
interface RefreshState {
  /** The refresh under way. */
  pending?: Promise<RefreshedToken> | undefined;
  /** The result of the last refresh. */
  latest?: RefreshedToken | undefined;
  /** Why the provider will never refresh it. */
  refusal?: OAuthError | undefined;
  /** When it was revoked or deleted: no token issued until then can be used. */
  ended?: { readonly at: number; readonly error: OAuthError } | undefined;
  /** From 0 to 1: how much of the leeway passes before a refresh ahead of expiry. */
  jitter?: number | undefined;
}

/** Refresh tokens that a client remembers; beyond that, the least recently used is forgotten. */
const MOST_STATES = 10_000;

/** Errors after which a refresh token never works again. */
const FINAL = new Set<OAuthError["code"]>(["INVALID_GRANT", "SUBJECT_MISMATCH"]);

/**
 * Runs the refreshes of one client: at most one at a time for a refresh token, whichever session asks. A session that is
 * made from the old token afterwards finds the new one.
 */
export class RefreshRegistry {
  readonly #states = new RecentlyUsed<RefreshState>(MOST_STATES, ({ pending, latest }) => {
    return pending ? "pinned" : (latest?.hold ?? "evictable");
  });
  /** The refresh that brought a token, for tokens that are the newest. */
  readonly #broughtBy = new WeakMap<Token, RefreshedToken>();
  readonly #parts: RefreshRegistryParts;

  constructor(parts: RefreshRegistryParts) {
    this.#parts = parts;
  }

  /** The newest token that this client has got from a token by refreshing. */
  newest(token: Token): Token {
    let current = token;
    for (;;) {
      const key = refreshKey(current);
      const latest = this.#states.peek(key)?.latest;
      if (!latest || latest.next === current) return current;
      // A provider that does not rotate its refresh tokens: the store may hold a later access token than this process.
      if (refreshKey(latest.next) === key) return latest.laterOf(current);
      current = latest.next;
    }
  }

  /** Why a token cannot be used though it may not have expired: it was revoked or deleted. */
  endOf(token: Token): OAuthError | undefined {
    const ended = this.#states.peek(refreshKey(token))?.ended;
    // A token issued later came from a new sign-in: some providers issue the same one again.
    return ended && (token.issuedAt?.getTime() ?? 0) <= ended.at ? ended.error : undefined;
  }

  /** Why the provider will never refresh a token; undefined as long as it may. */
  refusalOf(token: Token): OAuthError | undefined {
    return this.#states.peek(refreshKey(token))?.refusal;
  }

  /** Whether a refresh of a token is under way. */
  isRefreshing(token: Token): boolean {
    return this.#states.peek(refreshKey(token))?.pending !== undefined;
  }

  /** Waits until no refresh of a token is under way, whatever its outcome. */
  async settled(token: Token): Promise<void> {
    await this.#states.peek(refreshKey(token))?.pending?.catch(() => undefined);
  }

  /** Returns how much of the leeway passes before a token is refreshed, from 0 to 1: drawn once for each refresh token. */
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

  /** Revokes a token that came after its session had ended; a failure is not reported. */
  async discard(token: Token): Promise<void> {
    this.end(token);
    await this.#parts.revoke(token).catch(() => undefined);
  }

  /**
   * Refreshes a token, joins the refresh under way, or returns the token that an earlier refresh brought. The save is
   * awaited too: no request is sent with a token that is not stored.
   *
   * @param beforeSend - Awaited before each request to the provider; what it throws stops the refresh.
   * @throws OAuthError: why the refresh failed, or `TOKEN_UPDATE_FAILED` when the save failed.
   */
  async refresh(
    token: Token,
    callbacks: RefreshCallbacks = {},
    beforeSend?: () => Promise<void>,
  ): Promise<Token> {
    const options = ownFields(callbacks);
    const newest = this.newest(token);
    const ended = this.endOf(newest);
    if (ended) throw ended;
    if (!isSameToken(newest, token) && !newest.isExpired(0, this.#parts.now())) {
      await this.ensureSaved(newest, options.onTokenUpdate);
      return newest;
    }
    if (!isRefreshable(newest, options)) return this.#parts.refresh(newest);
    const state = this.#state(newest);
    if (state.refusal) throw state.refusal;
    state.pending ??= this.#start(state, newest, options, beforeSend).finally(() => {
      state.pending = undefined;
    });
    const refreshed = await state.pending;
    await refreshed.save(options.onTokenUpdate);
    if (refreshed.refusal) throw refreshed.refusal.error;
    return refreshed.next;
  }

  /**
   * Remembers what is kept of a refresh that was partly refused, for the sessions of its token.
   *
   * @throws The error of the refresh.
   */
  keep(token: Token, error: unknown): never {
    if (!(error instanceof PartlyRefused)) throw error;
    this.#record(this.#state(token), token, error.kept, error);
    throw error.error;
  }

  /**
   * Saves a token whose save failed, or that had no `onTokenUpdate` so far; undefined when there is nothing to save.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  ensureSaved(token: Token, onTokenUpdate: OnTokenUpdate | undefined): Promise<void> | undefined {
    const refreshed = this.#broughtBy.get(token);
    return refreshed && !refreshed.isSaved ? refreshed.save(onTokenUpdate) : undefined;
  }

  async #start(
    state: RefreshState,
    token: Token,
    options: RefreshCallbacks,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<RefreshedToken> {
    const { ended } = state;
    const { provider, now } = this.#parts;
    let refusal: PartlyRefused | undefined;
    const asking = this.#ask(state, token, options, beforeSend).catch((error: unknown) => {
      refusal = error instanceof PartlyRefused ? error : undefined;
      throw refusal ? refusal.error : error;
    });
    const next = await publishRefresh(provider, now, asking).catch((error: unknown) => {
      if (!refusal) throw error;
      return refusal.kept;
    });
    if (state.ended && state.ended !== ended) {
      await this.discard(next);
      throw state.ended.error;
    }
    return this.#record(state, token, next, refusal);
  }

  #record(
    state: RefreshState,
    token: Token,
    next: Token,
    refusal?: { readonly error: unknown },
  ): RefreshedToken {
    const before = this.#broughtBy.get(token);
    const refreshed = new RefreshedToken(this.#parts.provider, token, next, before, refusal);
    // A provider may issue a refresh token again: what it led to earlier does not count any longer.
    this.#state(next).latest = undefined;
    state.latest = refreshed;
    this.#broughtBy.set(next, refreshed);
    this.#broughtBy.delete(token);
    return refreshed;
  }

  async #ask(
    state: RefreshState,
    token: Token,
    { renew }: RefreshCallbacks,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<Token> {
    const { provider, refresh } = this.#parts;
    if (token.refreshToken === undefined && renew) {
      await beforeSend?.();
      try {
        return Token.from(await renew(token));
      } catch (error) {
        throw OAuthError.isInstance(error) ? error : renewalFailed(provider, error, token);
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
    return this.#states.use(refreshKey(token), () => ownFields({}));
  }
}

/** Whether a token can be replaced without the user: by its refresh token, its own grant, or `renew`. */
export function isRefreshable(token: Token, { renew }: RefreshCallbacks): boolean {
  return token.refreshToken !== undefined || token.renewal !== undefined || renew !== undefined;
}
