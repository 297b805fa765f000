import { ownFields } from "../options/own-fields.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import { KnownToken } from "./known-token.ts";
import type { Hold } from "../recently-used.ts";
import type { RefreshCallbacks } from "./refresh-callbacks.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import { saveFailed, sessionEnded, storeFailed, tokenNotFound } from "./refresh-errors.ts";
import { BUSY, MOST_ATTEMPTS, StoredRecord, type TokenVersion } from "./stored-record.ts";
import type { ForgottenToken, TokenSource } from "./token-source.ts";

/**
 * Holds a token that processes share through a store. It is refreshed under the store's lock, after the record was read
 * again. All sessions of a client with the same store and key share one of these.
 */
export class StoredTokenSource implements TokenSource {
  readonly mayKnowMore = true;
  readonly #client: ClientContext;
  readonly #registry: RefreshRegistry;
  readonly #record: StoredRecord;
  readonly #known: KnownToken;
  #pending: Promise<Token> | undefined;
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

  get isRefreshing(): boolean {
    return this.#pending !== undefined;
  }

  get isLoaded(): boolean {
    return this.#known.isLoaded;
  }

  /** Pinned during a refresh or a save, and evicted last while the newest token is not saved. */
  get hold(): Hold {
    if (this.isRefreshing || this.#saving !== undefined) return "pinned";
    return this.isLoaded && !this.#known.isSaved ? "evictLast" : "evictable";
  }

  /**
   * Reads the record.
   *
   * @throws OAuthError: `TOKEN_NOT_FOUND`, `TOKEN_INVALID`, `STORE_FAILED`.
   */
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

  /** Writes the token of a new sign-in over whatever is stored. */
  async signIn(token: Token): Promise<void> {
    this.#known.adopt(await this.#record.overwrite(token));
  }

  async ensureSaved(options: RefreshCallbacks): Promise<void> {
    // A loop, because the save that was joined may be of a session without onTokenUpdate.
    while (!this.#known.isSaved || (this.#known.unreportedUpdate && options.onTokenUpdate)) {
      this.#saving ??= this.#save(options).finally(() => {
        this.#saving = undefined;
      });
      await this.#saving;
    }
  }

  async refresh(options: RefreshCallbacks): Promise<Token> {
    this.#pending ??= this.#refreshStored(this.current, options).finally(() => {
      this.#pending = undefined;
    });
    const token = await this.#pending;
    await this.ensureSaved(options);
    return token;
  }

  async forget(): Promise<ForgottenToken> {
    this.#end();
    const failure = await this.#record.remove().then(
      () => undefined,
      (error: unknown) => storeFailed(this.#client.provider.name, error, this.#known.secrets),
    );
    const { removed } = this.#record;
    if (removed) this.#registry.end(removed);
    await this.#pending?.catch(() => undefined);
    const { current } = this;
    const isKnown = !removed || isSameToken(removed, current);
    return { tokens: isKnown ? [current] : [removed, current], failure };
  }

  /** Refreshes the token that was current when this was called: during the wait for the lock, load() may adopt another. */
  async #refreshStored(failed: Token, options: RefreshCallbacks): Promise<Token> {
    const { refusal } = this.#known;
    if (refusal) {
      // Only another sign-in helps: a read tells whether there was one, without a lock or a token request.
      const stored = await this.#read();
      if (stored.version === refusal.version) throw refusal.error;
      this.#known.adopt(stored);
      if (!stored.token.isExpired(0, this.#client.clock.now())) return this.current;
    }
    // Before the lock: loading modules takes long in a process that has just started.
    await this.#registry.prepare(this.current, options);
    let refreshed: Token | undefined;
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#record.withLock(async (beforeSend) => {
        const refreshing = this.#refreshUnderLock(failed, options, beforeSend);
        refreshed = await refreshing.catch((error: unknown) => {
          failure = { error };
          throw error;
        });
      });
    } catch (error) {
      // What a hook throws is not the store's failure.
      if (failure?.error === error) throw error;
      // A lock that could not be released ends by itself; the token is saved.
      if (!refreshed) throw storeFailed(this.#client.provider.name, error, this.#known.secrets);
    }
    return refreshed ?? this.current;
  }

  async #refreshUnderLock(
    failed: Token,
    options: RefreshCallbacks,
    beforeSend: () => Promise<void>,
  ): Promise<Token> {
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

  /** Whether the current token is another one than the one that failed, and has not expired. */
  #isBetterThan(failed: Token): boolean {
    const { current } = this;
    return !isSameToken(current, failed) && !current.isExpired(0, this.#client.clock.now());
  }

  async #ask(options: RefreshCallbacks, beforeSend: () => Promise<void>): Promise<void> {
    const version = this.#known.held?.version;
    const { current } = this;
    try {
      const asked = ownFields({ ...options, onTokenUpdate: undefined });
      const next = await this.#registry.refresh(current, asked, beforeSend);
      if (this.#ended) await this.#registry.discard(next, this.#ended);
      this.#known.refreshed(next, version);
    } catch (error) {
      // An answer that was refused in part, of which the new refresh token is kept.
      if (!isSameToken(this.current, current)) await this.ensureSaved(options);
      throw error;
    }
  }

  /** Reads the record again after a refusal: another process may have refreshed without the lock. */
  async #lookAgain(refusal: OAuthError): Promise<void> {
    const stored = await this.#read();
    if (stored.version === this.#known.held?.version) {
      this.#known.refused(stored, refusal);
      throw refusal;
    }
    this.#known.adopt(stored);
  }

  async #save({ onTokenUpdate }: RefreshCallbacks): Promise<void> {
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
      // Unless a newer update has taken its place meanwhile.
      if (known.unreportedUpdate?.next === next) known.unreportedUpdate = undefined;
    } catch (error) {
      throw saveFailed(provider, "onTokenUpdate", error, [next, previous]);
    }
  }

  /** Tries once to replace the version that the store is known to hold by the newest token. */
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
      // Signed out meanwhile: the new token must not outlive that.
      return this.#registry.discard(next, this.#end());
    }
    this.#known.adopt(stored);
  }

  /** Ends the token for every session, and gives the error that their requests fail with. */
  #end(): OAuthError {
    this.#ended ??= sessionEnded(this.#client.provider.name);
    if (this.isLoaded) this.#registry.end(this.current);
    return this.#ended;
  }

  /** Reads what the store holds now; without a record the session has ended. */
  async #read(): Promise<TokenVersion> {
    const stored = await this.#record.read(this.#known.secrets);
    if (stored && !this.#ended) return stored;
    throw this.#end();
  }
}
