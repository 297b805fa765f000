import { randomBase64Url } from "../oauth/random-text.ts";
import type { GoogleSwitches } from "./options.ts";
import { isIdentityScope } from "./scopes.ts";
import type { GoogleUser } from "./users.ts";

/** The grant behind an access token. */
export interface GoogleAccess {
  /** The user, or undefined for a service account acting for itself. */
  readonly user: GoogleUser | undefined;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The grant behind a refresh token. */
interface GoogleRefresh {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
  /** Thumbprint of the key that the token is bound to, if any. */
  readonly thumbprint: string | undefined;
  /** Milliseconds since 1970; undefined if it does not expire. */
  readonly expiresAt: number | undefined;
}

/** The issued tokens. */
export interface GoogleTokens {
  /** Issues an access token that lives `lifetime` seconds, by default as the switch says. */
  issueAccess(access: Omit<GoogleAccess, "expiresAt">, lifetime?: number): string;
  /** Issues a refresh token, and revokes the user's oldest if there are too many. */
  issueRefresh(user: GoogleUser, scopes: readonly string[], thumbprint?: string): string;
  /** Finds the grant of a valid access token. */
  access(token: string | undefined): GoogleAccess | undefined;
  /** Finds the grant of a valid refresh token. */
  refresh(token: string | undefined): GoogleRefresh | undefined;
  /** Revokes all tokens of a user. */
  revokeUser(sub: string): void;
  expireAccess(): void;
}

/** Lifetime in seconds of a refresh token in testing mode: 7 days minus one second, as at Google. */
export const TESTING_LIFETIME = 604_799;

/** Creates an empty list of tokens. */
export function googleTokens(switches: GoogleSwitches, now: () => number): GoogleTokens {
  const accessTokens = new Map<string, GoogleAccess>();
  // The oldest first, which is evicted first.
  const refreshTokens = new Map<string, GoogleRefresh>();
  const unexpired = <T extends { expiresAt: number | undefined }>(entry?: T): T | undefined =>
    entry !== undefined && (entry.expiresAt ?? Infinity) > now() ? entry : undefined;
  return {
    issueAccess(access, lifetime = switches.accessTokenLifetime) {
      const token = `ya29.${randomBase64Url(120)}`;
      accessTokens.set(token, {
        ...access,
        expiresAt: now() + lifetime * 1000,
      });
      return token;
    },
    issueRefresh(user, scopes, thumbprint) {
      const token = `1//${randomBase64Url(72)}`;
      const limited = isTimeLimited(switches, scopes);
      const expiresAt = limited ? now() + TESTING_LIFETIME * 1000 : undefined;
      refreshTokens.set(token, { user, scopes, thumbprint, expiresAt });
      const own = [...refreshTokens].filter(([, entry]) => entry.user.sub === user.sub);
      const surplus = own.slice(0, Math.max(0, own.length - switches.refreshTokenLimit));
      for (const [oldest] of surplus) refreshTokens.delete(oldest);
      return token;
    },
    access: (token) => unexpired(accessTokens.get(token ?? "")),
    refresh: (token) => unexpired(refreshTokens.get(token ?? "")),
    revokeUser(sub) {
      for (const tokens of [accessTokens, refreshTokens]) {
        for (const [token, { user }] of tokens) if (user?.sub === sub) tokens.delete(token);
      }
    },
    expireAccess() {
      for (const entry of accessTokens.values()) entry.expiresAt = now();
    },
  };
}

/** Whether a refresh token for these scopes expires after 7 days. */
export function isTimeLimited(switches: GoogleSwitches, scopes: readonly string[]): boolean {
  return switches.testingMode && !scopes.every(isIdentityScope);
}
