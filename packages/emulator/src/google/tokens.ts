import { randomBase64Url } from "../oauth/random-text.ts";
import { isIdentityScope } from "./scopes.ts";
import type { GoogleSwitches } from "./options.ts";
import type { GoogleUser } from "./users.ts";

/** What an access token stands for. */
export interface GoogleAccess {
  /** The user, or undefined for a service account acting for itself. */
  readonly user: GoogleUser | undefined;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** What a refresh token stands for. */
interface GoogleRefresh {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970, if it dies by itself. */
  readonly expiresAt: number | undefined;
}

/** The tokens out there. */
export interface GoogleTokens {
  issueAccess(access: Omit<GoogleAccess, "expiresAt">): string;
  /** Makes a refresh token, and lets the user's oldest die if there are too many. */
  issueRefresh(user: GoogleUser, scopes: readonly string[]): string;
  /** A live access token's meaning. */
  access(token: string | undefined): GoogleAccess | undefined;
  /** A live refresh token's meaning. */
  refresh(token: string | undefined): GoogleRefresh | undefined;
  /** Kills all of a user's tokens. */
  revokeUser(sub: string): void;
  expireAccess(): void;
}

/** Seconds in the 7 days of a Testing-mode refresh token, less the one that Google takes off. */
export const TESTING_LIFETIME = 604_799;

/** No tokens yet. */
export function googleTokens(switches: GoogleSwitches, now: () => number): GoogleTokens {
  const accessTokens = new Map<string, GoogleAccess>();
  // In the order of their making, which is the order of their eviction.
  const refreshTokens = new Map<string, GoogleRefresh>();
  const alive = <T extends { expiresAt: number | undefined }>(entry?: T): T | undefined =>
    entry !== undefined && (entry.expiresAt ?? Infinity) > now() ? entry : undefined;
  return {
    issueAccess(access) {
      const token = `ya29.${randomBase64Url(120)}`;
      accessTokens.set(token, {
        ...access,
        expiresAt: now() + switches.accessTokenLifetime * 1000,
      });
      return token;
    },
    issueRefresh(user, scopes) {
      const token = `1//${randomBase64Url(72)}`;
      const limited = isTimeLimited(switches, scopes);
      const expiresAt = limited ? now() + TESTING_LIFETIME * 1000 : undefined;
      refreshTokens.set(token, { user, scopes, expiresAt });
      const own = [...refreshTokens].filter(([, entry]) => entry.user.sub === user.sub);
      const surplus = own.slice(0, Math.max(0, own.length - switches.refreshTokenLimit));
      for (const [oldest] of surplus) refreshTokens.delete(oldest);
      return token;
    },
    access: (token) => alive(accessTokens.get(token ?? "")),
    refresh: (token) => alive(refreshTokens.get(token ?? "")),
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

/** Whether a refresh token for these scopes dies after 7 days. */
export function isTimeLimited(switches: GoogleSwitches, scopes: readonly string[]): boolean {
  return switches.testingMode && !scopes.every(isIdentityScope);
}
