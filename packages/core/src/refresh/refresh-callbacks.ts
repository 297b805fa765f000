import { isOwnGrant } from "../tokens/own-grants.ts";
import type { Token } from "../tokens/token.ts";
import type { Exchanges } from "./exchanges.ts";
import type { Renew } from "./flight-key.ts";
import type { OnTokenUpdate } from "./refreshed-token.ts";

/** What a session contributes to a refresh. */
export interface RefreshCallbacks {
  readonly onTokenUpdate?: OnTokenUpdate | undefined;
  /** Gets a token in place of an expired one that has no refresh token. */
  readonly renew?: Renew | undefined;
  /** Whether the grant in a stored record is repeated. */
  readonly repeatGrant?: boolean | undefined;
  /** Whether the API has refused the token: the provider does not exchange such a one. */
  readonly isRejected?: boolean;
}

/** Where a token came from: decides which newer token replaces it. */
export interface TokenOrigin {
  /** The session's own way to get tokens. */
  readonly renew?: Renew | undefined;
  /** When the token was read or handed to this client, in milliseconds since the epoch; now by default. */
  readonly presented?: number;
}

/** What a registry needs from its client. */
export interface RefreshRegistryParts {
  readonly provider: string;
  /** Asks the provider for a new token; `beforeSend` is awaited before each request. */
  readonly refresh: (token: Token, beforeSend?: () => Promise<void>) => Promise<Token>;
  /** Loads what a refresh of a token needs. */
  readonly prepare: (token: Token) => Promise<void>;
  /** Has the provider revoke a token that nobody uses. */
  readonly revoke: (token: Token) => Promise<void>;
  readonly exchanges: Exchanges;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Whether a token can be replaced without the user: by its refresh token, by `renew`, or by the grant in it, which is
 * repeated if this process got the token or the session allows it.
 */
export function isRefreshable(token: Token, { renew, repeatGrant }: RefreshCallbacks): boolean {
  if (token.refreshToken !== undefined || renew !== undefined) return true;
  return token.renewal !== undefined && (repeatGrant === true || isOwnGrant(token));
}
