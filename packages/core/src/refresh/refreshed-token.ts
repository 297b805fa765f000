import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import type { Hold } from "./recently-used.ts";
import { saveFailed } from "./refresh-errors.ts";

/** Saves a new token; awaited before any request goes on with it. */
export type OnTokenUpdate = (next: Token, previous: Token) => void | Promise<void>;

/** What a refresh brought, and how far its save has come. */
export class RefreshedToken {
  readonly previous: Token;
  readonly next: Token;
  readonly #provider: string;
  #before: RefreshedToken | undefined;
  #isSaved = false;
  #hasFailed = false;
  #saving: Promise<void> | undefined;

  /**
   * @param provider - The provider's name.
   * @param previous - The token that was refreshed.
   * @param next - What came of it.
   * @param before - What brought `previous`, whose save goes first.
   */
  constructor(provider: string, previous: Token, next: Token, before: RefreshedToken | undefined) {
    this.#provider = provider;
    this.previous = previous;
    this.next = next;
    this.#before = before;
    // Each holds the one before it: if that one's were kept, so would be all, back to the first.
    if (before) before.#before = undefined;
  }

  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** Firm while it is saved, reluctant after a save that failed: until one succeeds, this token exists nowhere but here. */
  get hold(): Hold {
    if (this.#saving) return "pinned";
    return this.#hasFailed ? "evictLast" : "evictable";
  }

  /** The later of a token that was stored and what its refresh token led to. */
  laterOf(stored: Token): Token {
    const { previous, next } = this;
    if (isSameToken(stored, previous)) return next;
    const [a, b] =
      stored.issuedAt && next.issuedAt
        ? [stored.issuedAt, next.issuedAt]
        : [stored.expiresAt, next.expiresAt];
    return (a?.getTime() ?? 0) > (b?.getTime() ?? Number.POSITIVE_INFINITY) ? stored : next;
  }

  /**
   * Saves it, or waits for the save that is under way; nothing without somebody who saves.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  async save(onTokenUpdate: OnTokenUpdate | undefined): Promise<void> {
    if (this.#isSaved) return;
    if (!this.#saving && onTokenUpdate) {
      this.#saving = this.#callBack(onTokenUpdate).finally(() => {
        this.#saving = undefined;
      });
    }
    await this.#saving;
  }

  async #callBack(onTokenUpdate: OnTokenUpdate): Promise<void> {
    const { next, previous } = this;
    const before = this.#before;
    // In their order: the token before must not be written over this one.
    await (before && before.#saving?.catch(() => undefined));
    try {
      await onTokenUpdate(next, previous);
      this.#isSaved = true;
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      throw saveFailed(this.#provider, "onTokenUpdate", error, [next, previous]);
    }
  }
}
