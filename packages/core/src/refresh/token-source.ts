import { ownFields } from "../options/own-fields.ts";
import { randomToken } from "../crypto/random.ts";
import type { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import type { Renew } from "./flight-key.ts";
import type { RefreshCallbacks, TokenOrigin } from "./refresh-callbacks.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";

/** What remains to be done after a session's token was forgotten on this side. */
export interface ForgottenToken {
  /** The tokens for the provider to revoke. */
  readonly tokens: readonly Token[];
  /** Why the store still has it. */
  readonly failure?: OAuthError | undefined;
}

/** Holds a session's token, refreshes it and saves it. */
export interface TokenSource {
  /** The newest token that is known; an expired placeholder where there is none yet. */
  readonly current: Token;
  /** Whether there is a token yet. */
  readonly isLoaded: boolean;
  /** Why requests with it fail for good: it was revoked or deleted. */
  readonly ended: OAuthError | undefined;
  /** Whether a refresh is under way. */
  readonly isRefreshing: boolean;
  /** Whether a refresh may find a newer token of another process, even where this one has no refresh token. */
  readonly mayKnowMore: boolean;
  /** Saves the current token if its save failed or is still due; undefined when there is nothing to save. */
  ensureSaved(options: RefreshCallbacks): Promise<void> | undefined;
  /** Refreshes the current token, or joins the refresh under way, and saves the new one. */
  refresh(options: RefreshCallbacks): Promise<Token>;
  /** Ends the token on this side, for every session. */
  forget(): Promise<ForgottenToken>;
}

/**
 * Holds a token in memory; `onTokenUpdate` saves it. Without a token at first, the first refresh gets it, by the `renew`
 * of the session.
 */
export class InMemoryTokenSource implements TokenSource {
  readonly mayKnowMore = false;
  readonly #registry: RefreshRegistry;
  readonly #placeholder: Token | undefined;
  readonly #origin: TokenOrigin;
  #token: Token;
  #ended: OAuthError | undefined;

  /**
   * @param registry - The client's refreshes.
   * @param renew - How the next token is got where there is no refresh token.
   * @param token - The first token.
   */
  constructor(registry: RefreshRegistry, renew: Renew | undefined, token?: Token) {
    this.#registry = registry;
    this.#origin = ownFields({ renew, presented: registry.now() });
    this.#placeholder = token ? undefined : expiredPlaceholder();
    this.#token = token ?? (this.#placeholder as Token);
  }

  get current(): Token {
    this.#token = this.#registry.newest(this.#token, this.#origin);
    return this.#token;
  }

  get isLoaded(): boolean {
    return this.current !== this.#placeholder;
  }

  get ended(): OAuthError | undefined {
    return this.#ended ?? this.#registry.endOf(this.#token, this.#origin.renew);
  }

  get isRefreshing(): boolean {
    return this.#registry.isRefreshing(this.#token, this.#origin.renew);
  }

  ensureSaved({ onTokenUpdate }: RefreshCallbacks): Promise<void> | undefined {
    return this.#registry.ensureSaved(this.#token, onTokenUpdate);
  }

  async refresh(options: RefreshCallbacks): Promise<Token> {
    const { renew } = this.#origin;
    this.#token = await this.#registry.refresh(this.current, { ...options, renew });
    return this.#token;
  }

  async forget(): Promise<ForgottenToken> {
    const { current, isLoaded } = this;
    // Remembered here too: a token that the same grant brings later must not revive this session.
    this.#ended ??= this.#registry.end(current, this.#origin);
    await this.#registry.settled(current, this.#origin.renew);
    return { tokens: isLoaded ? [current] : [] };
  }
}

/** Makes an expired token that is never sent; its random text gives it a refresh key of its own. */
function expiredPlaceholder(): Token {
  return Token.from({ accessToken: `placeholder-${randomToken()}`, expiresAt: 0 });
}
