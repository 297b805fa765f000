import { sessionEnded } from "./refresh-errors.ts";
import type { OAuthError } from "../errors/oauth-error.ts";
import { RecentlyUsed } from "../recently-used.ts";
import type { Token } from "../tokens/token.ts";
import { flightKey, type Renew } from "./flight-key.ts";
import { refreshKey, refreshTokenKey } from "./refresh-key.ts";

/** When a token was revoked or deleted: no token issued until then can be used. */
interface End {
  readonly at: number;
  readonly error: OAuthError;
}

/** Ends that a client remembers; beyond that, the least recently used is forgotten. */
const MOST_ENDS = 10_000;

/** Remembers which tokens of a client were revoked or deleted. */
export class TokenEnds {
  readonly #ended = new RecentlyUsed<End>(MOST_ENDS);
  readonly #revoked = new RecentlyUsed<End>(MOST_ENDS);
  readonly #provider: string;

  constructor(provider: string) {
    this.#provider = provider;
  }

  /**
   * Ends tokens for every session.
   *
   * @param at - The time in milliseconds since the epoch.
   * @returns The error that requests with them fail with from now on.
   */
  end(tokens: ReadonlySet<Token>, renew: Renew | undefined, at: number): OAuthError {
    const end = { at, error: sessionEnded(this.#provider) };
    for (const token of tokens) {
      this.#ended.set(flightKey(token, renew), end);
      // An expired access token alone is no user's: others may have begun with the same placeholder.
      if (token.refreshToken !== undefined || !token.isExpired(0, at)) {
        this.#ended.set(refreshKey(token), end);
      }
    }
    return end.error;
  }

  /** Notes that the provider has revoked a token, or the one with a refresh token, at the app's own request. */
  revoked(token: Token | string, at: number): void {
    const key = typeof token === "string" ? refreshTokenKey(token) : refreshKey(token);
    this.#revoked.set(key, { at, error: sessionEnded(this.#provider) });
  }

  /** The error of requests with a token that a session has ended. */
  bySession(token: Token, renew: Renew | undefined): OAuthError | undefined {
    const end = this.#ended.peek(flightKey(token, renew)) ?? this.#ended.peek(refreshKey(token));
    return errorFor(token, end);
  }

  /** The error of requests with a token that was revoked or deleted, in whichever way. */
  of(token: Token, renew: Renew | undefined): OAuthError | undefined {
    return this.bySession(token, renew) ?? errorFor(token, this.#revoked.peek(refreshKey(token)));
  }
}

/** A token issued after the end came from a new sign-in: some providers issue the same one again. */
function errorFor(token: Token, end: End | undefined): OAuthError | undefined {
  return end && (token.issuedAt?.getTime() ?? 0) <= end.at ? end.error : undefined;
}
