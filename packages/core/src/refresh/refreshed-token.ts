import type { Token } from "../tokens/token.ts";
import { isSameToken } from "./refresh-key.ts";
import type { Hold } from "../recently-used.ts";
import { saveFailed } from "./refresh-errors.ts";

/** Saves a new token; awaited before any request is sent with it. */
export type OnTokenUpdate = (next: Token, previous: Token) => void | Promise<void>;

/** Milliseconds for which a rotated refresh token stands for the newest one. */
const STALE_AFTER = 60_000;

/** The result of a refresh, and the state of its save. */
export class RefreshedToken {
  readonly previous: Token;
  readonly next: Token;
  /** Why the rest of the answer was refused; those who asked for it get it when the new token is saved. */
  readonly refusal: { readonly error: unknown } | undefined;
  /** Whether the new token has been saved. */
  isSaved = false;
  /** When it arrived or, once a save has succeeded, when that was: milliseconds since the epoch. */
  since: number;
  readonly #provider: string;
  readonly #now: () => number;
  #before: RefreshedToken | undefined;
  #hasFailed = false;
  #saving: Promise<void> | undefined;

  /**
   * @param provider - The provider's name.
   * @param previous - The token that was refreshed.
   * @param next - The new token.
   * @param before - The refresh that brought `previous`; its save goes first.
   * @param now - The time in milliseconds since the epoch.
   * @param refusal - Why the rest of the answer was refused.
   */
  constructor(
    provider: string,
    previous: Token,
    next: Token,
    before: RefreshedToken | undefined,
    now: () => number,
    refusal?: { readonly error: unknown },
  ) {
    this.#provider = provider;
    this.#now = now;
    this.since = now();
    this.previous = previous;
    this.next = next;
    this.refusal = refusal;
    this.#before = before;
    // Cut the chain, or each refresh would keep all the refreshes before it in memory.
    if (before) before.#before = undefined;
  }

  /**
   * Pinned during a save, and evicted last after a failed one or a refusal, whose caller got no token: until a save succeeds
   * the token exists nowhere else.
   */
  get hold(): Hold {
    if (this.#saving) return "pinned";
    return this.#hasFailed || (this.refusal && !this.isSaved) ? "evictLast" : "evictable";
  }

  /**
   * Whether a session with the old token uses the new one: as long as the new one is not saved and, once a refresh token
   * was rotated, for a minute more. After that the old one is stale, and the provider must see that it is used again.
   *
   * @param presented - When the old token was read or handed to this client, in milliseconds since the epoch.
   */
  replacesAt(presented: number): boolean {
    const isRotated =
      this.previous.refreshToken !== undefined &&
      this.previous.refreshToken !== this.next.refreshToken;
    return !isRotated || this.hold !== "evictable" || presented <= this.since + STALE_AFTER;
  }

  /** Returns the later of a stored token and the token that its refresh brought. */
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
   * Saves the new token, or joins the save under way; undefined when there is nothing to save, and without `onTokenUpdate`.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  save(onTokenUpdate: OnTokenUpdate | undefined): Promise<void> | undefined {
    if (this.isSaved) return undefined;
    if (!this.#saving && onTokenUpdate) {
      this.#saving = this.#callBack(onTokenUpdate).finally(() => {
        this.#saving = undefined;
      });
    }
    return this.#saving;
  }

  async #callBack(onTokenUpdate: OnTokenUpdate): Promise<void> {
    const { next, previous } = this;
    const before = this.#before;
    // In order: the previous token must not be written over this one.
    await (before && before.#saving?.catch(() => undefined));
    try {
      await onTokenUpdate(next, previous);
      this.isSaved = true;
      this.since = this.#now();
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      throw saveFailed(this.#provider, "onTokenUpdate", error, [next, previous]);
    }
  }
}
