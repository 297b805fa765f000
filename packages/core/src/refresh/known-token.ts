import type { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import type { TokenVersion } from "./stored-record.ts";

/** What this process knows of a token that processes share: what the store holds, and what came of it here. */
export class KnownToken {
  readonly #registry: RefreshRegistry;
  #held: TokenVersion | undefined;
  #current: Token | undefined;
  #unreportedUpdate: { readonly next: Token; readonly previous: Token } | undefined;
  #refusal: { readonly version: string; readonly error: OAuthError } | undefined;
  #changes = 0;

  constructor(registry: RefreshRegistry) {
    this.#registry = registry;
  }

  /** The newest token of this process: ahead of the store's while a save is due. */
  get current(): Token | undefined {
    this.#current &&= this.#registry.newest(this.#current);
    return this.#current;
  }

  /** Whether there is a token yet. */
  get isLoaded(): boolean {
    return this.#current !== undefined;
  }

  /** Why nothing can be sent with it any more. */
  get ended(): OAuthError | undefined {
    return this.#current && this.#registry.endOf(this.#current);
  }

  /** What the store is known to hold. */
  get held(): TokenVersion | undefined {
    return this.#held;
  }

  /** A save that `onTokenUpdate` has not been told of. */
  get unreportedUpdate(): { readonly next: Token; readonly previous: Token } | undefined {
    return this.#unreportedUpdate;
  }

  /** The provider's final no to the version that is held. */
  get refusal(): { readonly version: string; readonly error: OAuthError } | undefined {
    return this.#refusal;
  }

  /** Counts what this process has written or found, so that a slow look does not bring back what was before. */
  get changes(): number {
    return this.#changes;
  }

  get isSaved(): boolean {
    const { current } = this;
    return (
      current !== undefined && this.#held !== undefined && isSameToken(current, this.#held.token)
    );
  }

  /** What no error may show. */
  get secrets(): readonly Token[] {
    return [this.#current, this.#held?.token].filter((token) => token !== undefined);
  }

  /** Takes what the store holds for the newest, unless this process knows what came of it. */
  adopt(held: TokenVersion): void {
    const before = this.#held;
    if (held.version === before?.version) return;
    const { current } = this;
    if (current && !this.isSaved && isSameToken(held.token, current)) {
      // Written by this process: the answer was lost, or is still on its way.
      this.written({ ...held, token: current }, before);
      return;
    }
    this.#hold(held);
    this.#current = held.token;
    this.#unreportedUpdate = undefined;
  }

  /** Notes a write in the place of what was held before, unless something else is held by now. */
  written(next: TokenVersion, before: TokenVersion | undefined): void {
    if (this.#held !== before) return;
    if (before) this.#unreportedUpdate = { next: next.token, previous: before.token };
    this.#hold(next);
  }

  /** Notes what a refresh brought for a version; nothing where a sign-in has been stored meanwhile. */
  renewed(next: Token, version: string | undefined): void {
    if (this.#held?.version === version) this.#current = next;
  }

  /** Notes that the provider will never renew a version. */
  refused(version: string, error: OAuthError): void {
    this.#refusal = { version, error };
  }

  /** Notes that `onTokenUpdate` was told of a save. */
  reported(next: Token): void {
    if (this.#unreportedUpdate?.next === next) this.#unreportedUpdate = undefined;
  }

  #hold(held: TokenVersion): void {
    this.#held = held;
    this.#refusal = undefined;
    this.#changes += 1;
  }
}
