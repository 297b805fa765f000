import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import { KnownToken } from "./known-token.ts";
import type { Hold } from "./recently-used.ts";
import type { RefreshRegistry, RenewalOptions } from "./refresh-registry.ts";
import { saveFailed, sessionEnded, storeFailed, tokenNotFound } from "./refresh-errors.ts";
import { BUSY, MOST_ATTEMPTS, StoredRecord, type TokenVersion } from "./stored-record.ts";
import type { ForgottenToken, TokenSource } from "./token-source.ts";

/**
 * A token that processes share through a store: refreshed under the store's lock, after a look at what is there by
 * then. All sessions of a client with one store and key share one of these.
 */
export class StoredTokenSource implements TokenSource {
  readonly mayKnowMore = true;
  readonly #client: ClientContext;
  readonly #registry: RefreshRegistry;
  readonly #record: StoredRecord;
  readonly #known: KnownToken;
  #flight: Promise<Token> | undefined;
  #saving: Promise<void> | undefined;
  #ended: OAuthError | undefined;

  constructor(client: ClientContext, registry: RefreshRegistry, store: TokenStore, key: string) {
    this.#client = client;
    this.#registry = registry;
    this.#record = new StoredRecord(client, store, key);
    this.#known = new KnownToken(registry);
  }

  get current(): Token {
    const { current } = this.#known;
    if (!current) throw tokenNotFound(this.#client.provider.name);
    return current;
  }

  get ended(): OAuthError | undefined {
    return this.#ended ?? this.#known.ended;
  }

  get isRenewing(): boolean {
    return this.#flight !== undefined;
  }

  /** Whether it has a token yet. */
  get isLoaded(): boolean {
    return this.#known.isLoaded;
  }

  /** Firm while something is under way, reluctant while a token exists nowhere but here. */
  get hold(): Hold {
    if (this.isRenewing || this.#saving !== undefined) return "pinned";
    return this.isLoaded && !this.#known.isSaved ? "evictLast" : "evictable";
  }

  /** @throws OAuthError: `TOKEN_NOT_FOUND`, `TOKEN_INVALID`, `STORE_FAILED`. */
  async load(): Promise<void> {
    const known = this.#known;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const { changes } = known;
      const stored = await this.#record.read(known.secrets);
      if (changes !== known.changes && stored?.version !== known.held?.version) continue;
      if (!stored) throw tokenNotFound(this.#client.provider.name);
      known.adopt(stored);
      return;
    }
  }

  /** Writes the token of a new sign-in over whatever is there. */
  async signIn(token: Token): Promise<void> {
    this.#known.adopt(await this.#record.overwrite(token));
  }

  async ensureSaved(options: RenewalOptions): Promise<void> {
    // Again where another session's save was joined that has no onTokenUpdate to tell.
    while (!this.#known.isSaved || (this.#known.unreportedUpdate && options.onTokenUpdate)) {
      this.#saving ??= this.#save(options).finally(() => {
        this.#saving = undefined;
      });
      await this.#saving;
    }
  }

  async renew(options: RenewalOptions): Promise<Token> {
    this.#flight ??= this.#fly(options).finally(() => {
      this.#flight = undefined;
    });
    const token = await this.#flight;
    await this.ensureSaved(options);
    return token;
  }

  async forget(): Promise<ForgottenToken> {
    this.#end();
    let failure: OAuthError | undefined;
    try {
      await this.#record.remove();
    } catch (error) {
      failure = storeFailed(this.#client.provider.name, error, this.#known.secrets);
    }
    const { removed } = this.#record;
    if (removed) this.#registry.end(removed);
    await this.#flight?.catch(() => undefined);
    const { current } = this;
    const isKnown = !removed || isSameToken(removed, current);
    return { tokens: isKnown ? [current] : [removed, current], failure };
  }

  async #fly(options: RenewalOptions): Promise<Token> {
    const { refusal } = this.#known;
    if (refusal) {
      // Nothing but another sign-in helps: a look says whether there was one, without a lock or a request.
      const stored = await this.#read();
      if (stored.version === refusal.version) throw refusal.error;
      this.#known.adopt(stored);
      if (!stored.token.isExpired(0, this.#client.clock.now())) return this.current;
    }
    let renewed: Token | undefined;
    try {
      await this.#record.withLock(async (beforeSend) => {
        renewed = await this.#renewUnderLock(options, beforeSend);
      });
    } catch (error) {
      // A lock that could not be given back ends by itself; the token is there and saved.
      if (!renewed) throw storeFailed(this.#client.provider.name, error, this.#known.secrets);
    }
    return renewed ?? this.current;
  }

  async #renewUnderLock(options: RenewalOptions, beforeSend: () => Promise<void>): Promise<Token> {
    const failed = this.current;
    this.#known.adopt(await this.#read());
    try {
      if (!this.#isBetterThan(failed)) await this.#ask(options, beforeSend);
    } catch (error) {
      if (!OAuthError.isInstance(error) || error.code !== "INVALID_GRANT") throw error;
      await this.#lookAgain(error);
      if (!this.#isBetterThan(failed)) await this.#ask(options, beforeSend);
    }
    await this.ensureSaved(options);
    return this.current;
  }

  /** Whether there is a token now that makes a refresh of another superfluous. */
  #isBetterThan(failed: Token): boolean {
    const { current } = this;
    return !isSameToken(current, failed) && !current.isExpired(0, this.#client.clock.now());
  }

  async #ask({ renew }: RenewalOptions, beforeSend: () => Promise<void>): Promise<void> {
    const version = this.#known.held?.version;
    const next = await this.#registry.renew(this.current, { renew }, beforeSend);
    this.#known.renewed(next, version);
  }

  /** After a final no: somebody may have refreshed without the lock, and what the store holds now decides. */
  async #lookAgain(refusal: OAuthError): Promise<void> {
    const stored = await this.#read();
    if (stored.version === this.#known.held?.version) {
      this.#known.refused(stored.version, refusal);
      throw refusal;
    }
    this.#known.adopt(stored);
  }

  async #save({ onTokenUpdate }: RenewalOptions): Promise<void> {
    const known = this.#known;
    const provider = this.#client.provider.name;
    for (let attempt = 0; !known.isSaved; attempt += 1) {
      if (this.#ended) throw this.#ended;
      if (attempt === MOST_ATTEMPTS) {
        throw saveFailed(provider, "the store", new Error(BUSY), known.secrets);
      }
      try {
        await this.#write();
      } catch (error) {
        if (OAuthError.isInstance(error) && error.code === "SESSION_ENDED") throw error;
        throw saveFailed(provider, "the store", error, known.secrets);
      }
    }
    if (!onTokenUpdate || !known.unreportedUpdate) return;
    const { next, previous } = known.unreportedUpdate;
    try {
      await onTokenUpdate(next, previous);
      known.reported(next);
    } catch (error) {
      throw saveFailed(provider, "onTokenUpdate", error, [next, previous]);
    }
  }

  /** One write of the newest token in the place of the one that the store was known to hold. */
  async #write(): Promise<void> {
    const next = this.current;
    const { held } = this.#known;
    const version = await this.#record.replace(held?.version, next);
    if (version !== undefined) {
      this.#known.written({ token: next, version }, held);
      return;
    }
    const stored = await this.#record.read(this.#known.secrets);
    if (!stored) {
      // Signed out meanwhile: what the refresh brought must not outlive that.
      this.#end();
      await this.#registry.discard(next);
      throw this.#ended ?? sessionEnded(this.#client.provider.name);
    }
    this.#known.adopt(stored);
  }

  #end(): void {
    this.#ended ??= sessionEnded(this.#client.provider.name);
    if (this.isLoaded) this.#registry.end(this.current);
  }

  /** What the store holds now; without a record the session is over. */
  async #read(): Promise<TokenVersion> {
    const stored = await this.#record.read(this.#known.secrets);
    if (stored && !this.#ended) return stored;
    this.#end();
    throw this.#ended ?? sessionEnded(this.#client.provider.name);
  }
}
