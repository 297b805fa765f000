import type { ClientContext } from "../client-context.ts";
import { exchangeRefreshToken } from "../grants/refresh-token.ts";
import { ownFields } from "../options/own-fields.ts";
import type { TokenSource } from "../refresh/token-source.ts";
import { PartlyRefused } from "../tokens/partly-refused.ts";
import type { Token } from "../tokens/token.ts";

/**
 * Tokens that were refreshed to be revoked, by the token that had ended: a second call must not send a refresh token that
 * the first one has rotated.
 */
const refreshed = new WeakMap<Token, Token>();

/** Holds a token that only its revocation may still use: its session has ended. */
export interface TokenToRevoke {
  readonly source: TokenSource;
  /** Refreshes the token if it has expired and can be refreshed. */
  ensureFresh(): Promise<void>;
  /** Refreshes the token once; false if it was refreshed before, or cannot be. */
  refreshOnce(): Promise<boolean>;
}

/** Holds a token for its revocation. */
export function tokenToRevoke(client: ClientContext, token: Token): TokenToRevoke {
  const current = (): Token => refreshed.get(token) ?? token;
  const refresh = async (): Promise<void> => {
    const next = await exchangeRefreshToken(client, current(), ownFields({})).catch(
      (error: unknown) => {
        if (!(error instanceof PartlyRefused)) throw error;
        refreshed.set(token, error.kept);
        throw error.error;
      },
    );
    refreshed.set(token, next);
  };
  return {
    source: sourceOf(current),
    async ensureFresh() {
      const { refreshToken } = current();
      if (refreshToken !== undefined && current().isExpired(0, client.clock.now())) await refresh();
    },
    async refreshOnce() {
      if (token.refreshToken === undefined || refreshed.has(token)) return false;
      await refresh();
      return true;
    },
  };
}

/** The source of a session that sends one token, whether or not it has ended here. */
function sourceOf(current: () => Token): TokenSource {
  return {
    get current() {
      return current();
    },
    isLoaded: true,
    ended: undefined,
    isRefreshing: false,
    mayKnowMore: false,
    ensureSaved: () => undefined,
    refresh: () => Promise.resolve(current()),
    forget: () => Promise.resolve({ tokens: [] }),
  };
}
