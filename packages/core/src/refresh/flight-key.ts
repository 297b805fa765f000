import { identityOf } from "../identity-of.ts";
import type { Token } from "../tokens/token.ts";
import { refreshKey } from "./refresh-key.ts";

/** Gets a token in place of an expired one that has no refresh token. */
export type Renew = (expired: Token) => Promise<Token>;

/** Returns the function that replaces a token; undefined if its refresh token or the grant in it does. */
export function renewFor(token: Token, renew: Renew | undefined): Renew | undefined {
  return token.refreshToken === undefined ? renew : undefined;
}

// Every request looks up several things by it, and a map hashes the whole text of each new one.
const keys = new WeakMap<Token, { readonly renewer: string; readonly key: string }>();

/**
 * The key under which a refresh under way and its result are shared: one refresh token, one `renew` function that is given
 * the same record, or one grant of the client. Never an access token alone: two users may begin with the same placeholder.
 */
export function flightKey(token: Token, renew: Renew | undefined): string {
  const own = renewFor(token, renew);
  if (!own) return refreshKey(token);
  const renewer = identityOf(own);
  const known = keys.get(token);
  if (known?.renewer === renewer) return known.key;
  const key = `renew ${renewer}\n${JSON.stringify(token)}`;
  keys.set(token, { renewer, key });
  return key;
}
