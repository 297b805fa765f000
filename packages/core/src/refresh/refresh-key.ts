import type { Token } from "../tokens/token.ts";

// A word before each: a refresh token may have any character of ASCII, spaces too (RFC 6749 appendix A.17).
const REFRESH = "refresh ";
const GRANT = "grant ";
const ACCESS = "access ";

/** The key of a refresh token. */
export const refreshTokenKey = (refreshToken: string): string => REFRESH + refreshToken;

// Every request looks up several things by its token's key.
const keys = new WeakMap<Token, string>();

/** The key under which a token's refreshes are remembered: its refresh token, or else the grant that replaces it. */
export function refreshKey(token: Token): string {
  let key = keys.get(token);
  if (key === undefined) {
    key = keyOf(token);
    keys.set(token, key);
  }
  return key;
}

function keyOf(token: Token): string {
  if (token.refreshToken !== undefined) return refreshTokenKey(token.refreshToken);
  if (token.renewal === undefined) return ACCESS + token.accessToken;
  const { grant, parameters = {} } = token.renewal;
  const named = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return GRANT + JSON.stringify([grant, token.requestedScope.toSorted(), named]);
}

/** Whether two tokens are the same; by their expiry too, for a provider may issue the same access token again. */
export function isSameToken(a: Token, b: Token): boolean {
  return (
    a === b ||
    (a.accessToken === b.accessToken &&
      a.refreshToken === b.refreshToken &&
      a.expiresAt?.getTime() === b.expiresAt?.getTime())
  );
}
