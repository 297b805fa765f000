import { randomToken } from "../crypto/random.ts";
import type { OAuthError } from "../errors/oauth-error.ts";
import { Token } from "../tokens/token.ts";
import type { RefreshRegistry, RenewalOptions } from "./refresh-registry.ts";

/** What is left to do when a session's token was forgotten on this side. */
export interface ForgottenToken {
  /** What the provider is to revoke. */
  readonly tokens: readonly Token[];
  /** Why it could not be forgotten everywhere. */
  readonly failure?: OAuthError | undefined;
}

/** Where a session's token comes from and goes to. */
export interface TokenSource {
  /** The newest token that is known; an expired placeholder where there is none yet. */
  readonly current: Token;
  /** Whether there is a token yet. */
  readonly isLoaded: boolean;
  /** Why nothing can be sent with it any more. */
  readonly ended: OAuthError | undefined;
  /** Whether a renewal is under way. */
  readonly isRenewing: boolean;
  /** Whether a renewal may find a token that somebody else has put there, also when this one cannot be renewed. */
  readonly mayKnowMore: boolean;
  /** Saves the current token if its save has failed, or was nobody's task yet; undefined when there is nothing to save. */
  ensureSaved(options: RenewalOptions): Promise<void> | undefined;
  /** Renews the current token, or joins the renewal under way, and saves what comes. */
  renew(options: RenewalOptions): Promise<Token>;
  /** Ends it on this side, for every session. */
  forget(): Promise<ForgottenToken>;
}

/**
 * A token in this process's memory, and what came of it; saving it is the app's matter. Without a token to begin with, the
 * first refresh gets it: then sessions pass `renew`.
 */
export class InMemoryTokenSource implements TokenSource {
  readonly mayKnowMore = false;
  readonly #registry: RefreshRegistry;
  readonly #placeholder: Token | undefined;
  #token: Token;
  #ended: OAuthError | undefined;

  constructor(registry: RefreshRegistry, token?: Token) {
    this.#registry = registry;
    this.#placeholder = token ? undefined : expiredPlaceholder();
    this.#token = token ?? (this.#placeholder as Token);
  }

  get current(): Token {
    this.#token = this.#registry.newest(this.#token);
    return this.#token;
  }

  get isLoaded(): boolean {
    return this.current !== this.#placeholder;
  }

  get ended(): OAuthError | undefined {
    return this.#ended ?? this.#registry.endOf(this.#token);
  }

  get isRenewing(): boolean {
    return this.#registry.isRenewing(this.#token);
  }

  ensureSaved({ onTokenUpdate }: RenewalOptions): Promise<void> | undefined {
    return this.#registry.ensureSaved(this.#token, onTokenUpdate);
  }

  async renew(options: RenewalOptions): Promise<Token> {
    this.#token = await this.#registry.renew(this.current, options);
    return this.#token;
  }

  async forget(): Promise<ForgottenToken> {
    const { current, isLoaded } = this;
    // Kept here as well: tokens that the same grant brings later do not bring this session back.
    this.#ended ??= this.#registry.end(current);
    await this.#registry.settled(current);
    return { tokens: isLoaded ? [current] : [] };
  }
}

/** An expired token that is never sent, with a name of its own for what is known of its refresh. */
function expiredPlaceholder(): Token {
  return Token.from({ accessToken: `placeholder-${randomToken()}`, expiresAt: 0 });
}
