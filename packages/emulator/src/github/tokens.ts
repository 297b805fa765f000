import { randomAlphanumeric } from "../oauth/random-text.ts";
import type { GitHubSwitches } from "./options.ts";
import type { GitHubUser } from "./users.ts";

/** An access token with its grant. */
export interface GitHubAccess {
  readonly id: number;
  readonly token: string;
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** Milliseconds since 1970; Infinity if it does not expire. */
  expiresAt: number;
}

/** The grant behind a refresh token. */
interface GitHubRefresh {
  readonly accessToken: string;
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly fromDevice: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A new access token with its refresh token, if any. */
interface GitHubIssue {
  readonly access: GitHubAccess;
  readonly refreshToken: string | undefined;
}

/** The grant for a new access token. */
interface GitHubTokenRequest {
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly expiring: boolean;
  readonly fromDevice: boolean;
}

/** The issued tokens. */
export interface GitHubTokens {
  issue(request: GitHubTokenRequest): GitHubIssue;
  access(token: string | undefined): GitHubAccess | undefined;
  refresh(token: string | undefined): GitHubRefresh | undefined;
  /** Revokes an access token or a refresh token, together with the other token of the pair. */
  revoke(token: string): void;
  revokeUser(id: number): void;
  expireAccess(): void;
}

// https://docs.github.com/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation
const TOKENS_PER_SCOPE_SET = 10;

/** Creates an empty list of tokens. */
export function githubTokens(switches: GitHubSwitches, now: () => number): GitHubTokens {
  const accessTokens = new Map<string, GitHubAccess>();
  const refreshTokens = new Map<string, GitHubRefresh>();
  let issued = 0;

  const revoke = (token: string): void => {
    const accessToken = refreshTokens.get(token)?.accessToken ?? token;
    accessTokens.delete(accessToken);
    for (const [name, entry] of refreshTokens) {
      if (entry.accessToken === accessToken) refreshTokens.delete(name);
    }
  };
  const revokeSurplus = ({ user, scopes }: GitHubTokenRequest): void => {
    const alike = [...accessTokens.values()].filter(
      (other) => other.user.id === user.id && sameScopes(other.scopes, scopes),
    );
    const surplus = alike.slice(0, Math.max(0, alike.length - TOKENS_PER_SCOPE_SET + 1));
    for (const { token } of surplus) revoke(token);
  };
  return {
    issue(request) {
      revokeSurplus(request);
      const { user, scopes, expiring, fromDevice } = request;
      const prefix = switches.appType === "github-app" ? "ghu_" : "gho_";
      const token = prefix + randomAlphanumeric(36);
      const lifetime = expiring ? switches.accessTokenLifetime * 1000 : Infinity;
      issued += 1;
      const access: GitHubAccess = {
        id: issued,
        token,
        user,
        scopes,
        createdAt: now(),
        expiresAt: now() + lifetime,
      };
      accessTokens.set(token, access);
      if (!expiring) return { access, refreshToken: undefined };
      const refreshToken = `ghr_${randomAlphanumeric(76)}`;
      const expiresAt = now() + switches.refreshTokenLifetime * 1000;
      refreshTokens.set(refreshToken, { accessToken: token, user, scopes, fromDevice, expiresAt });
      return { access, refreshToken };
    },
    access: (token) => unexpired(accessTokens.get(token ?? ""), now()),
    refresh: (token) => unexpired(refreshTokens.get(token ?? ""), now()),
    revoke,
    revokeUser(id) {
      const own = [...accessTokens.values()].filter(({ user }) => user.id === id);
      for (const { token } of own) revoke(token);
    },
    expireAccess() {
      for (const access of accessTokens.values()) access.expiresAt = now();
    },
  };
}

function unexpired<T extends { readonly expiresAt: number }>(
  entry: T | undefined,
  time: number,
): T | undefined {
  return entry !== undefined && entry.expiresAt > time ? entry : undefined;
}

function sameScopes(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join();
}
