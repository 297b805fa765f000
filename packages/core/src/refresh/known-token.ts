import { ownFields } from "../options/own-fields.ts";
import type { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import type { TokenVersion } from "./stored-record.ts";

/** What this process knows about a token that processes share: the version in the store, and newer ones not saved yet. */
export class KnownToken {
  /** The version that the store is known to hold. */
  held: TokenVersion | undefined;
  /** A saved token that `onTokenUpdate` has not been called with. */
  unreportedUpdate: { readonly next: Token; readonly previous: Token } | undefined;
  /** Why the provider will never refresh the version in the store. */
  refusal: { readonly version: string; readonly error: OAuthError } | undefined;
  /** Counts the versions that this process has written or read, so that a slow read does not bring back an older one. */
  changes = 0;
  readonly #registry: RefreshRegistry;
  #current: Token | undefined;
  /** When the current token was read or saved, in milliseconds since the epoch. */
  #presented = 0;

  constructor(registry: RefreshRegistry) {
    this.#registry = registry;
  }

  /** The newest token that this process knows: newer than the store's while a save is due. */
  get current(): Token | undefined {
    const presented = this.#presented;
    this.#current &&= this.#registry.newest(this.#current, ownFields({ presented }));
    return this.#current;
  }

  /** Whether there is a token yet. */
  get isLoaded(): boolean {
    return this.#current !== undefined;
  }

  /** Why requests with it fail for good: it was revoked or deleted. */
  get ended(): OAuthError | undefined {
    return this.#current && this.#registry.endOf(this.#current);
  }

  /** Whether the store holds the newest token. */
  get isSaved(): boolean {
    const { current, held } = this;
    return current !== undefined && held !== undefined && isSameToken(current, held.token);
  }

  /** Tokens that no error message may show. */
  get secrets(): readonly Token[] {
    return [this.#current, this.held?.token].filter((token) => token !== undefined);
  }

  /** Notes why the provider refuses to refresh the version in the store: for good, if it has a refresh token. */
  refused({ token, version }: TokenVersion, error: OAuthError): void {
    if (token.refreshToken !== undefined) this.refusal = { version, error };
  }

  /** Adopts the version that was read from the store. */
  adopt(held: TokenVersion): void {
    const before = this.held;
    if (held.version === before?.version) return;
    const { current } = this;
    if (current && !this.isSaved && isSameToken(held.token, current)) {
      // Written by this process: the store's answer was lost, or is still under way.
      this.written({ ...held, token: current }, before);
      return;
    }
    // The same token written again, for example with another encryption key: what is newer here is newer still.
    const isRewritten = before !== undefined && isSameToken(held.token, before.token);
    this.#hold(held);
    if (isRewritten) return;
    this.#current = held.token;
    this.unreportedUpdate = undefined;
  }

  /** Notes a version that was written over `before`, unless another version has been adopted since. */
  written(next: TokenVersion, before: TokenVersion | undefined): void {
    if (this.held !== before) return;
    if (before) this.unreportedUpdate = { next: next.token, previous: before.token };
    this.#hold(next);
  }

  /** Notes the token that a refresh of a version brought, unless a sign-in has been stored since. */
  refreshed(next: Token, version: string | undefined): void {
    if (this.held?.version === version) this.#current = next;
  }

  #hold(held: TokenVersion): void {
    this.held = held;
    this.refusal = undefined;
    this.changes += 1;
    this.#presented = this.#registry.now();
  }
}
