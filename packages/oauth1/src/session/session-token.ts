import { type Clock, OAuthError } from "@grantkit/core";
import { publish, Redactor, unlessAborted } from "@grantkit/core/requests";
import { TokenMissing, TokenRequestDenied } from "../errors.ts";
import { OAuth1Token } from "../token.ts";

/** Saves a token that was renewed; awaited before any request goes on. */
export type OnOAuth1TokenUpdate = (
  next: OAuth1Token,
  previous: OAuth1Token,
) => void | Promise<void>;

/** What a session's token needs of its session. */
export interface SessionTokenParts {
  readonly provider: string;
  readonly clock: Clock;
  readonly onTokenUpdate: OnOAuth1TokenUpdate | undefined;
  /** Gets a token in the place of one that has a session handle: at a URL, or where tokens are renewed otherwise. */
  readonly renew: (token: OAuth1Token, url?: string | URL) => Promise<OAuth1Token>;
  /** Whether it is known where tokens are renewed. */
  readonly canRenew: () => boolean;
}

/** The tokens that a session is made with: one of them at most. */
export interface GivenTokens {
  readonly access: OAuth1Token | undefined;
  readonly request: OAuth1Token | undefined;
  /** One of which it was not said which kind it is. */
  readonly either: OAuth1Token | undefined;
}

/** A token that was renewed, and is not saved yet. */
interface Unsaved {
  readonly next: OAuth1Token;
  readonly previous: OAuth1Token;
}

/** A renewal that is under way. */
interface Renewal {
  readonly of: OAuth1Token;
  readonly result: Promise<OAuth1Token>;
}

/** A renewal that the provider will not make. */
interface Refusal {
  readonly of: OAuth1Token;
  readonly error: TokenRequestDenied;
}

/** The token of a session: a request token during a sign-in, an access token afterwards. */
export class SessionToken {
  readonly #parts: SessionTokenParts;
  #given: GivenTokens;
  #unsaved: Unsaved | undefined;
  #renewal: Renewal | undefined;
  #refusal: Refusal | undefined;
  /** The access tokens that this sign-in had before: those of another one may be another user's. */
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

  /** A sign-in begins: what was there is over. */
  begin(request: OAuth1Token): void {
    this.#given = { access: undefined, request, either: undefined };
    this.#unsaved = undefined;
    this.#earlier = undefined;
  }

  /** A sign-in is over. */
  take(access: OAuth1Token): void {
    this.#given = { access, request: undefined, either: undefined };
    this.#unsaved = undefined;
    this.#earlier = undefined;
  }

  /** A token was renewed: a later one of the same sign-in. */
  #goOnWith({ next, previous }: Unsaved): void {
    this.#given = { access: next, request: undefined, either: undefined };
    (this.#earlier ??= new WeakSet()).add(previous);
  }

  /**
   * What to sign the next request with; undefined for a call on the app's own behalf.
   *
   * @throws TokenMissing while a sign-in is under way.
   */
  async usable(signal: AbortSignal): Promise<OAuth1Token | undefined> {
    const token = this.access;
    if (!token && this.#given.request) {
      throw new TokenMissing(
        "There is a request token, and no access token yet: call fetchAccessToken() when the user is back.",
        { provider: this.#parts.provider },
      );
    }
    return token && this.#isDue(token) ? this.#renewedFor(token, signal) : token;
  }

  /** Whether another token has taken a token's place, or is about to. */
  isSuperseded(token: OAuth1Token): boolean {
    return token === this.#renewal?.of || token.key !== this.access?.key;
  }

  /** A token in the place of one that the provider said has expired; undefined when there is none of the same user. */
  async replacement(
    failed: OAuth1Token | undefined,
    signal: AbortSignal,
  ): Promise<OAuth1Token | undefined> {
    const token = this.access;
    if (!token || !failed || !(failed === token || this.#earlier?.has(failed))) return undefined;
    // Another one by now: good, once it is saved.
    if (token.key !== failed.key && !this.#isDue(token)) return token;
    const hopeful = this.#unsaved !== undefined || this.#isRenewable(token);
    return hopeful ? this.#renewedFor(token, signal) : undefined;
  }

  /** Renews for a request: not once more what the provider has refused to renew. */
  async #renewedFor(token: OAuth1Token, signal: AbortSignal): Promise<OAuth1Token> {
    if (this.#refusal?.of === token) throw this.#refusal.error;
    return unlessAborted(this.renew(token), signal);
  }

  /**
   * Renews the token, or joins its renewal if one is under way; awaits the save. One that is renewed, and not saved, is
   * saved.
   */
  renew(token: OAuth1Token, url?: string | URL): Promise<OAuth1Token> {
    // That of another token may be another user's, who was signed in before; one that is being saved is in its place.
    const joins = this.#renewal?.of === token || this.#unsaved?.next === token;
    if (this.#renewal && joins) return this.#renewal.result;
    const result = this.#renewed(token, url).finally(() => {
      if (this.#renewal === renewal) this.#renewal = undefined;
    });
    const renewal: Renewal = { of: token, result };
    this.#renewal = renewal;
    return result;
  }

  async #renewed(token: OAuth1Token, url: string | URL | undefined): Promise<OAuth1Token> {
    if (this.#unsaved) return this.#save(this.#unsaved);
    const start = this.#parts.clock.now();
    const reply = await this.#parts.renew(token, url).catch((error: unknown) => {
      this.#tell(start, error);
      if (isFinal(error)) this.#refusal = { of: token, error };
      throw error;
    });
    this.#tell(start);
    const next = withHandle(reply, token);
    const unsaved: Unsaved = { next, previous: token };
    // Unless another sign-in was begun meanwhile.
    if (this.access === token) {
      this.#goOnWith(unsaved);
      this.#unsaved = unsaved;
    }
    return this.#save(unsaved);
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

  async #save(unsaved: Unsaved): Promise<OAuth1Token> {
    const { next, previous } = unsaved;
    try {
      await this.#parts.onTokenUpdate?.(next, previous);
    } catch (error) {
      throw this.#saveFailed(error, unsaved);
    }
    if (this.#unsaved === unsaved) this.#unsaved = undefined;
    return next;
  }

  #saveFailed(error: unknown, { next, previous }: Unsaved): OAuthError {
    const secrets = [next, previous].flatMap((each) => [each.key, each.secret, each.sessionHandle]);
    const said = new Redactor(secrets).line(error instanceof Error ? error.message : String(error));
    return new OAuthError(
      "TOKEN_UPDATE_FAILED",
      `The token was renewed, and onTokenUpdate failed to save it (${said}). The new token is kept in memory, and the next request tries to save it first.`,
      { provider: this.#parts.provider, retryable: true },
    );
  }

  #isDue(token: OAuth1Token): boolean {
    if (this.#unsaved) return true;
    return token.isExpired(this.#parts.clock.now()) && this.#isRenewable(token);
  }

  #isRenewable(token: OAuth1Token): boolean {
    return token.sessionHandle !== undefined && this.#parts.canRenew();
  }
}

const FINAL_WORDS: ReadonlySet<string> = new Set([
  "permission_denied",
  "token_expired",
  "token_rejected",
  "token_revoked",
  "token_used",
]);

/** Whether asking again would be in vain: by the provider's word, or where it has none, by its status. */
function isFinal(error: unknown): error is TokenRequestDenied {
  if (!(error instanceof TokenRequestDenied)) return false;
  return error.error === undefined ? error.status === 401 : FINAL_WORDS.has(error.error);
}

/** A renewed token; a reply that says nothing of the session handle leaves it as it was. */
function withHandle(next: OAuth1Token, { sessionHandle }: OAuth1Token): OAuth1Token {
  if (next.sessionHandle !== undefined || sessionHandle === undefined) return next;
  return OAuth1Token.from({ ...next.toJSON(), sessionHandle });
}
