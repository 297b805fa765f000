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
  /** The sign-in that all refresh tokens of a rotation come from. */
  readonly family: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A refresh token that was used. */
interface SpentRefresh {
  readonly grant: GitHubRefresh;
  /** Milliseconds since 1970. */
  readonly spentAt: number;
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
  /** The family of the refresh token that was used; a new one by default. */
  readonly family?: number;
}

/** The issued tokens. */
export interface GitHubTokens {
  issue(request: GitHubTokenRequest): GitHubIssue;
  access(token: string | undefined): GitHubAccess | undefined;
  /** The grant of a refresh token that works: it is new, or was used within the grace period. */
  refresh(token: string | undefined): GitHubRefresh | undefined;
  /** Whether a refresh token came from the device flow, whether it still works or not. */
  isFromDevice(token: string | undefined): boolean;
  /** Notes that a refresh token was used: both tokens of its pair stop working, but for the grace period. */
  spend(token: string): void;
  /** Revokes all tokens that came from the same sign-in as a refresh token that was used, if the switch says so. */
  punishReuse(token: string | undefined): void;
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
  const spentTokens = new Map<string, SpentRefresh>();
  const deviceTokens = new Set<string>();
  let issued = 0;

  const removePair = (token: string): GitHubRefresh | undefined => {
    const accessToken = refreshTokens.get(token)?.accessToken ?? token;
    accessTokens.delete(accessToken);
    let removed: GitHubRefresh | undefined;
    for (const [name, entry] of refreshTokens) {
      if (entry.accessToken !== accessToken) continue;
      refreshTokens.delete(name);
      removed = entry;
    }
    return removed;
  };
  const revoke = (token: string): void => {
    const removed = removePair(token);
    // The grace period of earlier refresh tokens ends with the sign-in.
    for (const [name, { grant }] of spentTokens) {
      if (grant.family === removed?.family) spentTokens.delete(name);
    }
  };
  const inGrace = (token: string): GitHubRefresh | undefined => {
    const spent = spentTokens.get(token);
    const end = (spent?.spentAt ?? 0) + switches.refreshTokenGrace * 1000;
    return now() < end ? spent?.grant : undefined;
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
      issued += 1;
      const { family = issued } = request;
      const prefix = switches.appType === "github-app" ? "ghu_" : "gho_";
      const token = prefix + randomAlphanumeric(36);
      const lifetime = expiring ? switches.accessTokenLifetime * 1000 : Infinity;
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
      const grant = { accessToken: token, user, scopes, fromDevice, family, expiresAt };
      refreshTokens.set(refreshToken, grant);
      if (fromDevice) deviceTokens.add(refreshToken);
      return { access, refreshToken };
    },
    access: (token) => unexpired(accessTokens.get(token ?? ""), now()),
    refresh: (token = "") => unexpired(refreshTokens.get(token) ?? inGrace(token), now()),
    isFromDevice: (token = "") => deviceTokens.has(token),
    spend(token) {
      const grant = removePair(token);
      if (grant) spentTokens.set(token, { grant, spentAt: now() });
    },
    punishReuse(token = "") {
      const spent = spentTokens.get(token);
      if (switches.refreshTokenReuse !== "revokes-family" || !spent) return;
      for (const [name, { family }] of refreshTokens) {
        if (family === spent.grant.family) revoke(name);
      }
    },
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
