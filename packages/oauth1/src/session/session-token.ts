import type { Clock } from "@grantkit/core";
import { publishRefresh, saveFailed, unlessAborted } from "@grantkit/core/requests";
import { TokenMissing, TokenRequestDenied } from "../errors.ts";
import type { Eventual } from "../signing/crypto.ts";
import { OAuth1Token } from "../token.ts";

/** Saves a refreshed token; awaited before any request continues. */
export type OnOAuth1TokenUpdate = (
  next: OAuth1Token,
  previous: OAuth1Token,
) => void | Promise<void>;

/** What a session's token needs from its session. */
export interface SessionTokenParts {
  readonly provider: string;
  readonly clock: Clock;
  readonly onTokenUpdate: OnOAuth1TokenUpdate | undefined;
  /** Exchanges a token that has a session handle for a new one, at this URL or the one that the session knows. */
  readonly refresh: (token: OAuth1Token, url?: string | URL) => Promise<OAuth1Token>;
  /** Whether the session knows that URL. */
  readonly canRefresh: () => boolean;
}

/** The tokens that a session is made with: one of them at most. */
export interface GivenTokens {
  readonly access: OAuth1Token | undefined;
  readonly request: OAuth1Token | undefined;
  /** A token that may be of either kind: the caller did not say which. */
  readonly either: OAuth1Token | undefined;
}

/** A refreshed token, not saved yet. */
interface UnsavedUpdate {
  readonly next: OAuth1Token;
  readonly previous: OAuth1Token;
}

/** The token of a session: a request token during a sign-in, an access token after it. */
export class SessionToken {
  readonly #parts: SessionTokenParts;
  #given: GivenTokens;
  #unsaved: UnsavedUpdate | undefined;
  /** The refresh under way. */
  #pending: { readonly of: OAuth1Token; readonly result: Promise<OAuth1Token> } | undefined;
  /** The provider's final refusal to refresh a token. */
  #refusal: { readonly of: OAuth1Token; readonly error: TokenRequestDenied } | undefined;
  /** The earlier access tokens of this sign-in: those of another sign-in may be another user's. */
  #earlier: WeakSet<OAuth1Token> | undefined;

  constructor(parts: SessionTokenParts, given: GivenTokens) {
    this.#parts = parts;
    this.#given = given;
  }

  /** The access token, or the request token while there is none. */
  get current(): OAuth1Token | undefined {
    return this.access ?? this.#given.request;
  }

  /** The access token. */
  get access(): OAuth1Token | undefined {
    return this.#given.access ?? this.#given.either;
  }

  /** The request token: what a callback is compared with. */
  get request(): OAuth1Token | undefined {
    return this.#given.request ?? this.#given.either;
  }

  /** Begins a sign-in: forgets the tokens of the one before. */
  begin(request: OAuth1Token): void {
    this.#replace({ access: undefined, request });
  }

  /** Ends a sign-in with its access token. */
  take(access: OAuth1Token): void {
    this.#replace({ access, request: undefined });
  }

  #replace(tokens: Pick<GivenTokens, "access" | "request">): void {
    this.#given = { ...tokens, either: undefined };
    this.#unsaved = undefined;
    this.#earlier = undefined;
  }

  /**
   * The token to sign the next request with; undefined for a request on the app's own behalf.
   *
   * @throws TokenMissing while a sign-in is under way.
   */
  usable(signal: AbortSignal): Eventual<OAuth1Token | undefined> {
    const token = this.access;
    if (!token && this.#given.request) {
      throw new TokenMissing(
        "There is a request token, and no access token yet: call fetchAccessToken() when the user is back.",
        { provider: this.#parts.provider },
      );
    }
    return token && this.#isDue(token) ? this.#refreshFor(token, signal) : token;
  }

  /** Whether a token has been replaced by another, or is being replaced. */
  isSuperseded(token: OAuth1Token): boolean {
    return token === this.#pending?.of || token.key !== this.access?.key;
  }

  /** The token to send instead of one that the provider called expired; undefined when the same user has none. */
  replacement(
    failed: OAuth1Token | undefined,
    signal: AbortSignal,
  ): Promise<OAuth1Token> | undefined {
    const token = this.access;
    if (!token || !failed || !(failed === token || this.#earlier?.has(failed))) return undefined;
    // Refreshed already: good, once it is saved.
    if (token.key !== failed.key && !this.#isDue(token)) return Promise.resolve(token);
    const canHelp = this.#unsaved !== undefined || this.#isRefreshable(token);
    return canHelp ? this.#refreshFor(token, signal) : undefined;
  }

  /** Refreshes for a request, unless the provider has refused to refresh this token. */
  async #refreshFor(token: OAuth1Token, signal: AbortSignal): Promise<OAuth1Token> {
    if (this.#refusal?.of === token) throw this.#refusal.error;
    return unlessAborted(this.refresh(token), signal);
  }

  /** Refreshes the token, or joins its refresh under way; saves it, or the refreshed token that is not saved yet. */
  refresh(token: OAuth1Token, url?: string | URL): Promise<OAuth1Token> {
    // A refresh of another token may be that of another user, who was signed in before. A refreshed token may still be
    // being saved: that is joined, too.
    const joins = this.#pending?.of === token || this.#unsaved?.next === token;
    if (this.#pending && joins) return this.#pending.result;
    const result = this.#refreshAndSave(token, url).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    const pending = { of: token, result };
    this.#pending = pending;
    return result;
  }

  async #refreshAndSave(token: OAuth1Token, url: string | URL | undefined): Promise<OAuth1Token> {
    if (this.#unsaved) return this.#save(this.#unsaved);
    const { provider, clock, refresh } = this.#parts;
    const refreshing = publishRefresh(provider, () => clock.now(), refresh(token, url));
    const reply = await refreshing.catch((error: unknown) => {
      if (isFinal(error)) this.#refusal = { of: token, error };
      throw error;
    });
    const update = { next: withHandle(reply, token), previous: token };
    // Unless another sign-in was begun meanwhile.
    if (this.access === token) {
      this.#given = { access: update.next, request: undefined, either: undefined };
      (this.#earlier ??= new WeakSet()).add(token);
      this.#unsaved = update;
    }
    return this.#save(update);
  }

  async #save(update: UnsavedUpdate): Promise<OAuth1Token> {
    const { next, previous } = update;
    const { provider, onTokenUpdate } = this.#parts;
    try {
      await onTokenUpdate?.(next, previous);
    } catch (error) {
      throw saveFailed(provider, "onTokenUpdate", error, [next, previous].flatMap(secretsOf));
    }
    if (this.#unsaved === update) this.#unsaved = undefined;
    return next;
  }

  #isDue(token: OAuth1Token): boolean {
    if (this.#unsaved) return true;
    return token.isExpired(this.#parts.clock.now()) && this.#isRefreshable(token);
  }

  #isRefreshable(token: OAuth1Token): boolean {
    return token.sessionHandle !== undefined && this.#parts.canRefresh();
  }
}

/** The parts of a token that no error and no log may show. */
export function secretsOf(token: OAuth1Token | undefined): (string | undefined)[] {
  return [token?.key, token?.secret, token?.sessionHandle];
}

const FINAL_WORDS: ReadonlySet<string> = new Set([
  "permission_denied",
  "token_expired",
  "token_rejected",
  "token_revoked",
  "token_used",
]);

/** Whether a refusal is final: by the provider's `oauth_problem`, or without one by its status. */
function isFinal(error: unknown): error is TokenRequestDenied {
  if (!(error instanceof TokenRequestDenied)) return false;
  return error.error === undefined ? error.status === 401 : FINAL_WORDS.has(error.error);
}

/** A refreshed token; it keeps the session handle where the reply has none. */
function withHandle(next: OAuth1Token, { sessionHandle }: OAuth1Token): OAuth1Token {
  if (next.sessionHandle !== undefined || sessionHandle === undefined) return next;
  return OAuth1Token.from({ ...next.toJSON(), sessionHandle });
}
