import type { Token } from "../tokens/token.ts";

// No token has a space in it (RFC 6749 appendix A), so none of these is anybody's refresh token.
const RENEWAL = "renewal ";
const ACCESS = "access ";

/** What a token is renewed with, as the key of what is known of it: the same for all tokens that it led to. */
export function refreshKey(token: Token): string {
  if (token.refreshToken !== undefined) return token.refreshToken;
  if (token.renewal === undefined) return ACCESS + token.accessToken;
  const { grant, parameters = {} } = token.renewal;
  const named = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return RENEWAL + JSON.stringify([grant, token.requestedScope.toSorted(), named]);
}

/** The same grant; a provider may answer a refresh with the access token that it gave before. */
export function isSameToken(a: Token, b: Token): boolean {
  return (
    a === b ||
    (a.accessToken === b.accessToken &&
      a.refreshToken === b.refreshToken &&
      a.expiresAt?.getTime() === b.expiresAt?.getTime())
  );
}
