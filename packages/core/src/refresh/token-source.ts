import type { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";
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
  /** The newest token that is known. */
  readonly current: Token;
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

/** The token that a session was made with, and what came of it; saving it is the app's matter. */
export class InMemoryTokenSource implements TokenSource {
  readonly mayKnowMore = false;
  readonly #registry: RefreshRegistry;
  #token: Token;

  constructor(registry: RefreshRegistry, token: Token) {
    this.#registry = registry;
    this.#token = token;
  }

  get current(): Token {
    this.#token = this.#registry.newest(this.#token);
    return this.#token;
  }

  get ended(): OAuthError | undefined {
    return this.#registry.endOf(this.#token);
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
    const { current } = this;
    this.#registry.end(current);
    await this.#registry.settled(current);
    return { tokens: [current] };
  }
}
