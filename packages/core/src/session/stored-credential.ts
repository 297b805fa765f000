import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { usableToken } from "../http/token-placement.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import type { StoreLease, TokenStore } from "../tokens/token-store.ts";
import { Token } from "../tokens/token.ts";
import { isSameToken } from "./credential-key.ts";
import type { Hold } from "./recently-used.ts";
import type { RefreshRegistry, RenewalOptions } from "./refresh-registry.ts";
import {
  lockLost,
  saveFailed,
  sessionEnded,
  storeFailed,
  tokenNotFound,
} from "./renewal-errors.ts";
import type { ForgottenToken, TokenSource } from "./token-source.ts";

/** A token and the version that the store gave it. */
interface Held {
  readonly token: Token;
  readonly version: string;
}

/** Milliseconds for the store and the hooks beside the two requests that a refresh can be. */
const LOCK_MARGIN = 10_000;

/** How often a write that somebody came before is tried again. */
const MOST_ATTEMPTS = 10;

const BUSY = "others kept writing the same record";

/**
 * A token that processes share through a store: refreshed under the store's lock, after a look at what is there by
 * then. All sessions of a client with one store and key share one of these.
 */
export class StoredCredential implements TokenSource {
  readonly mayKnowMore = true;
  readonly #client: ClientContext;
  readonly #registry: RefreshRegistry;
  readonly #store: TokenStore;
  readonly #key: string;
  /** What the store is known to hold. */
  #held: Held | undefined;
  /** The newest token of this process: ahead of the store's while a save is due. */
  #current: Token | undefined;
  /** A save that `onTokenUpdate` has not been told of. */
  #untold: { readonly next: Token; readonly previous: Token } | undefined;
  #flight: Promise<Token> | undefined;
  #saving: Promise<void> | undefined;
  #ended: OAuthError | undefined;
  #isRemoved = false;
  /** What was in the record that was to be deleted. */
  #removed: Token | undefined;
  /** The provider's final no to a version. */
  #dead: { readonly version: string; readonly error: OAuthError } | undefined;
  /** Counts what this process has written or found, so that a slow look does not bring back what was before. */
  #changes = 0;

  constructor(client: ClientContext, registry: RefreshRegistry, store: TokenStore, key: string) {
    this.#client = client;
    this.#registry = registry;
    this.#store = store;
    this.#key = key;
  }

  get current(): Token {
    if (!this.#current) throw tokenNotFound(this.#client.provider.name);
    this.#current = this.#registry.newest(this.#current);
    return this.#current;
  }

  get ended(): OAuthError | undefined {
    return this.#ended ?? (this.#current && this.#registry.endOf(this.#current));
  }

  get isRenewing(): boolean {
    return this.#flight !== undefined;
  }

  /** Whether it has a token yet. */
  get isLoaded(): boolean {
    return this.#current !== undefined;
  }

  /** Firm while something is under way, reluctant while a token exists nowhere but here. */
  get hold(): Hold {
    if (this.isRenewing || this.#saving !== undefined) return "firm";
    return this.isLoaded && !this.#isSaved ? "reluctant" : "free";
  }

  /** @throws OAuthError: `TOKEN_NOT_FOUND`, `TOKEN_INVALID`, `STORE_FAILED`. */
  async load(): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const changes = this.#changes;
      const stored = await this.#look();
      if (changes !== this.#changes && stored?.version !== this.#held?.version) continue;
      if (!stored) throw tokenNotFound(this.#client.provider.name);
      this.#adopt(stored);
      return;
    }
  }

  /** Writes the token of a new sign-in over whatever is there. */
  async signIn(token: Token): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const stored = await this.#try(() => this.#store.get(this.#key), [token]);
      const version = await this.#try(
        () => this.#store.compareAndSet(this.#key, stored?.version, token.toJSON()),
        [token],
      );
      if (version === undefined) continue;
      this.#adopt({ token, version });
      return;
    }
    throw storeFailed(this.#client.provider.name, new Error(BUSY), [token]);
  }

  async ensureSaved(options: RenewalOptions): Promise<void> {
    // Again where another session's save was joined that has no onTokenUpdate to tell.
    while (!this.#isSaved || (this.#untold && options.onTokenUpdate)) {
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
    const tokens = new Map<string, Token>();
    let failure: OAuthError | undefined;
    try {
      await this.#remove();
    } catch (error) {
      failure = storeFailed(this.#client.provider.name, error, this.#secrets);
    }
    if (this.#removed) this.#registry.end(this.#removed);
    await this.#flight?.catch(() => undefined);
    for (const token of [this.#removed ?? this.current, this.current]) {
      tokens.set(token.refreshToken ?? token.accessToken, token);
    }
    return { tokens: [...tokens.values()], failure };
  }

  get #isSaved(): boolean {
    return (
      this.#held !== undefined &&
      this.#current !== undefined &&
      isSameToken(this.current, this.#held.token)
    );
  }

  get #secrets(): readonly Token[] {
    return [this.#current, this.#held?.token].filter((token) => token !== undefined);
  }

  async #fly(options: RenewalOptions): Promise<Token> {
    if (this.#dead) {
      // Nothing but another sign-in helps: a look says whether there was one, without a lock or a request.
      const { version, error } = this.#dead;
      const stored = await this.#read();
      if (stored.version === version) throw error;
      this.#adopt(stored);
      if (!stored.token.isExpired(0, this.#client.clock.now())) return this.current;
    }
    const holdMs = 2 * this.#client.endpointTimeout + LOCK_MARGIN;
    let renewed: Token | undefined;
    try {
      await this.#store.withLock(this.#key, { waitMs: holdMs, holdMs }, async (lease) => {
        const until = this.#client.clock.now() + holdMs;
        renewed = await this.#renewUnderLock(options, () => this.#assertHeld(lease, until));
      });
    } catch (error) {
      // A lock that could not be given back ends by itself; the token is there and saved.
      if (!renewed) throw storeFailed(this.#client.provider.name, error, this.#secrets);
    }
    return renewed ?? this.current;
  }

  async #renewUnderLock(options: RenewalOptions, beforeSend: () => Promise<void>): Promise<Token> {
    const failed = this.current;
    this.#adopt(await this.#read());
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
    const version = this.#held?.version;
    const next = await this.#registry.renew(this.current, { renew }, beforeSend);
    // A sign-in that this process has stored meanwhile is not to be written over.
    if (this.#held?.version === version) this.#current = next;
  }

  /** After a final no: somebody may have refreshed without the lock, and what the store holds now decides. */
  async #lookAgain(refusal: OAuthError): Promise<void> {
    const stored = await this.#read();
    if (stored.version === this.#held?.version) {
      this.#dead = { version: stored.version, error: refusal };
      throw refusal;
    }
    this.#adopt(stored);
  }

  async #assertHeld(lease: StoreLease, until: number): Promise<void> {
    const { clock, endpointTimeout, provider } = this.#client;
    const isLost = lease.signal.aborted || !(await lease.isHeld());
    // After that answer, which may have come late: the request must be over before the lock is.
    if (isLost || clock.now() + endpointTimeout > until) throw lockLost(provider.name);
  }

  async #save({ onTokenUpdate }: RenewalOptions): Promise<void> {
    const provider = this.#client.provider.name;
    for (let attempt = 0; !this.#isSaved; attempt += 1) {
      if (this.#ended) throw this.#ended;
      if (attempt === MOST_ATTEMPTS) {
        throw saveFailed(provider, "the store", new Error(BUSY), this.#secrets);
      }
      try {
        await this.#write();
      } catch (error) {
        if (OAuthError.isInstance(error) && error.code === "SESSION_ENDED") throw error;
        throw saveFailed(provider, "the store", error, this.#secrets);
      }
    }
    if (!onTokenUpdate || !this.#untold) return;
    const { next, previous } = this.#untold;
    try {
      await onTokenUpdate(next, previous);
      if (this.#untold?.next === next) this.#untold = undefined;
    } catch (error) {
      throw saveFailed(provider, "onTokenUpdate", error, [next, previous]);
    }
  }

  /** One write of the newest token in the place of the one that the store was known to hold. */
  async #write(): Promise<void> {
    const [next, held] = [this.current, this.#held];
    const version = await this.#store.compareAndSet(this.#key, held?.version, next.toJSON());
    if (version !== undefined) {
      this.#written({ token: next, version }, held);
      return;
    }
    const stored = await this.#look();
    if (!stored) {
      // Signed out meanwhile: what the refresh brought must not outlive that.
      this.#end();
      await this.#registry.discard(next);
      throw this.#ended ?? sessionEnded(this.#client.provider.name);
    }
    this.#adopt(stored);
  }

  #written(next: Held, before: Held | undefined): void {
    if (this.#held !== before) return;
    if (before) this.#untold = { next: next.token, previous: before.token };
    this.#hold(next);
  }

  /** Takes what the store holds for the newest, unless this process knows what came of it. */
  #adopt(held: Held): void {
    const before = this.#held;
    if (held.version === before?.version) return;
    if (this.#current && !this.#isSaved && isSameToken(held.token, this.current)) {
      // Written by this process: the answer was lost, or is still on its way.
      this.#written({ ...held, token: this.current }, before);
      return;
    }
    this.#hold(held);
    this.#current = held.token;
    this.#untold = undefined;
  }

  #hold(held: Held): void {
    this.#held = held;
    this.#dead = undefined;
    this.#changes += 1;
  }

  #end(): void {
    this.#ended ??= sessionEnded(this.#client.provider.name);
    if (this.#current) this.#registry.end(this.current);
  }

  /** What the store holds now; without a record the session is over. */
  async #read(): Promise<Held> {
    const stored = await this.#look();
    if (stored && !this.#ended) return stored;
    this.#end();
    throw this.#ended ?? sessionEnded(this.#client.provider.name);
  }

  async #look(): Promise<Held | undefined> {
    const stored = await this.#try(() => this.#store.get(this.#key), this.#secrets);
    return stored && { token: usableToken(Token.from(stored.token)), version: stored.version };
  }

  /** Deletes the record, once: what is there at another try is a sign-in of its own. */
  async #remove(): Promise<void> {
    for (let attempt = 0; !this.#isRemoved && attempt <= MOST_ATTEMPTS; attempt += 1) {
      const stored = await this.#store.get(this.#key);
      // Known before it is deleted: a store may delete it, and fail to say so.
      if (stored) this.#removed = readable(stored.token) ?? this.#removed;
      const version = attempt < MOST_ATTEMPTS ? stored?.version : undefined;
      this.#isRemoved = !stored || (await this.#store.delete(this.#key, version));
    }
  }

  async #try<T>(work: () => Promise<T>, secrets: readonly Token[]): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeFailed(this.#client.provider.name, error, secrets);
    }
  }
}

/** A stored token; undefined for a record that is none, which can be deleted and not revoked. */
function readable(record: TokenRecord): Token | undefined {
  try {
    return Token.from(record);
  } catch {
    return undefined;
  }
}
