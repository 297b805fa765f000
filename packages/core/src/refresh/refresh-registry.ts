import { ownFields } from "../options/own-fields.ts";
import { publishRefresh } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { PartlyRefused } from "../tokens/partly-refused.ts";
import type { Token } from "../tokens/token.ts";
import { askForToken } from "./ask-for-token.ts";
import type { Exchanges } from "./exchanges.ts";
import { flightKey, type Renew, renewFor } from "./flight-key.ts";
import { isSameToken, refreshKey } from "./refresh-key.ts";
import { RecentlyUsed } from "../recently-used.ts";
import {
  isRefreshable,
  type RefreshCallbacks,
  type RefreshRegistryParts,
  type TokenOrigin,
} from "./refresh-callbacks.ts";
import { type OnTokenUpdate, RefreshedToken } from "./refreshed-token.ts";
import { TokenEnds } from "./token-ends.ts";

/** What is known about one refresh token, or about the grant that replaces it. */
interface RefreshState {
  /** The refresh under way. */
  pending?: Promise<RefreshedToken> | undefined;
  /** The result of the last refresh. */
  latest?: RefreshedToken | undefined;
  /** Why the provider will never refresh it. */
  refusal?: OAuthError | undefined;
  /** From 0 to 1: how much of the leeway passes before a refresh ahead of expiry. */
  jitter?: number | undefined;
}

/** Refresh tokens that a client remembers; beyond that, the least recently used is forgotten. */
const MOST_STATES = 10_000;

const NO_ORIGIN: TokenOrigin = Object.freeze(ownFields({}));

/** Errors after which a refresh token never works again. */
const FINAL = new Set<OAuthError["code"]>(["INVALID_GRANT", "SUBJECT_MISMATCH"]);

/**
 * Runs the refreshes of one client: at most one at a time for a refresh token, whichever session asks. A session that is
 * made from the old token afterwards finds the new one.
 */
export class RefreshRegistry {
  /** Which tokens are exchanged for new ones, and when. */
  readonly exchanges: Exchanges;
  readonly #states = new RecentlyUsed<RefreshState>(MOST_STATES, ({ pending, latest }) => {
    return pending ? "pinned" : (latest?.hold ?? "evictable");
  });
  /** The refresh that brought a token, for tokens that are the newest. */
  readonly #broughtBy = new WeakMap<Token, RefreshedToken>();
  readonly #ends: TokenEnds;
  readonly #parts: RefreshRegistryParts;

  constructor(parts: RefreshRegistryParts) {
    this.#parts = parts;
    this.exchanges = parts.exchanges;
    this.#ends = new TokenEnds(parts.provider);
  }

  /** The time, in milliseconds since the epoch. */
  now(): number {
    return this.#parts.now();
  }

  /** The newest token that this client has got from a token by refreshing. */
  newest(token: Token, origin: TokenOrigin = NO_ORIGIN): Token {
    const { renew, presented = this.now() } = origin;
    let current = token;
    for (;;) {
      const key = flightKey(current, renew);
      const latest = this.#states.peek(key)?.latest;
      if (!latest || latest.next === current || !latest.replacesAt(presented)) return current;
      // A provider that does not rotate its refresh tokens: the store may hold a later access token than this process.
      if (flightKey(latest.next, renew) === key) return latest.laterOf(current);
      current = latest.next;
    }
  }

  /** Why a token cannot be used though it may not have expired: it was revoked or deleted. */
  endOf(token: Token, renew?: Renew): OAuthError | undefined {
    return this.#ends.of(token, renew);
  }

  /** Why the provider will never refresh a token; undefined as long as it may. */
  refusalOf(token: Token): OAuthError | undefined {
    return this.#states.peek(refreshKey(token))?.refusal;
  }

  /** Whether a token can be replaced without the user. */
  canRefresh(token: Token, options: RefreshCallbacks): boolean {
    return isRefreshable(token, options) || (!options.isRejected && this.exchanges.covers(token));
  }

  /** Whether a refresh of a token is under way. */
  isRefreshing(token: Token, renew?: Renew): boolean {
    return this.#states.peek(flightKey(token, renew))?.pending !== undefined;
  }

  /** Waits until no refresh of a token is under way, whatever its outcome. */
  async settled(token: Token, renew?: Renew): Promise<void> {
    await this.#states.peek(flightKey(token, renew))?.pending?.catch(() => undefined);
  }

  /** Returns how much of the leeway passes before a token is refreshed, from 0 to 1: drawn once for each refresh token. */
  jitterOf(token: Token): number {
    const state = this.#state(refreshKey(token));
    state.jitter ??= this.#parts.random();
    return state.jitter;
  }

  /**
   * Ends a token for every session, and what a refresh of it that is under way will bring.
   *
   * @returns The error that requests with it fail with from now on.
   */
  end(token: Token, origin: TokenOrigin = NO_ORIGIN): OAuthError {
    const tokens = new Set([token, this.newest(token, origin)]);
    return this.#ends.end(tokens, origin.renew, this.now());
  }

  /** Notes that the provider has revoked a token, or the one with a refresh token, so that no session sends it. */
  revoked(token: Token | string): void {
    this.#ends.revoked(token, this.now());
  }

  /** Loads what a refresh of a token needs, so that the lock on it is not held meanwhile. */
  async prepare(token: Token, { renew }: RefreshCallbacks): Promise<void> {
    if (!renewFor(token, renew)) await this.#parts.prepare(token);
  }

  /**
   * Revokes a token that came after its session had ended. A failure of the revocation is not reported.
   *
   * @throws The reason.
   */
  async discard(token: Token, reason: OAuthError): Promise<never> {
    this.end(token);
    await this.#parts.revoke(token).catch(() => undefined);
    throw reason;
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
    const { renew } = options;
    const newest = this.newest(token, ownFields({ renew }));
    const isSame = isSameToken(newest, token);
    // A token that the caller has revoked is the provider's to refuse, unless the caller means an older one.
    const ended = isSame ? this.#ends.bySession(newest, renew) : this.#ends.of(newest, renew);
    if (ended) throw ended;
    if (!isSame && !newest.isExpired(0, this.now())) {
      await this.ensureSaved(newest, options.onTokenUpdate);
      return newest;
    }
    if (!this.canRefresh(newest, options)) throw this.exchanges.whyNotRefreshed(newest);
    const state = this.#state(flightKey(newest, renew));
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
    const state = this.#state(refreshKey(token));
    this.#record(state, token, { next: error.kept, refusal: error });
    throw error.error;
  }

  /**
   * Saves a token whose save failed, or that had no `onTokenUpdate` so far; undefined when there is nothing to save.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  ensureSaved(token: Token, onTokenUpdate: OnTokenUpdate | undefined): Promise<void> | undefined {
    return this.#broughtBy.get(token)?.save(onTokenUpdate);
  }

  async #start(
    state: RefreshState,
    token: Token,
    options: RefreshCallbacks,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<RefreshedToken> {
    const { renew } = options;
    const ended = this.endOf(token, renew);
    const { provider, now } = this.#parts;
    let refusal: PartlyRefused | undefined;
    const asking = askForToken(this.#parts, token, renew, beforeSend).catch((error: unknown) => {
      const isFinal = OAuthError.isInstance(error) && FINAL.has(error.code);
      if (isFinal && token.refreshToken !== undefined) state.refusal = error;
      refusal = error instanceof PartlyRefused ? error : undefined;
      throw refusal ? refusal.error : error;
    });
    const next = await publishRefresh(provider, now, asking).catch((error: unknown) => {
      if (!refusal) throw error;
      return refusal.kept;
    });
    const endedMeanwhile = this.endOf(token, renew);
    if (endedMeanwhile && endedMeanwhile !== ended) await this.discard(next, endedMeanwhile);
    return this.#record(state, token, { next, renew, refusal });
  }

  #record(
    state: RefreshState,
    token: Token,
    result: {
      readonly next: Token;
      readonly renew?: Renew | undefined;
      readonly refusal: { readonly error: unknown } | undefined;
    },
  ): RefreshedToken {
    const { next, renew, refusal } = ownFields(result);
    const { provider, now } = this.#parts;
    const before = this.#broughtBy.get(token);
    const refreshed = new RefreshedToken(provider, token, next, before, now, refusal);
    // A provider may issue a refresh token again: what it led to earlier does not count any longer.
    this.#state(flightKey(next, renew)).latest = undefined;
    state.latest = refreshed;
    this.#broughtBy.set(next, refreshed);
    this.#broughtBy.delete(token);
    return refreshed;
  }

  #state(key: string): RefreshState {
    return this.#states.use(key, () => ownFields({}));
  }
}
