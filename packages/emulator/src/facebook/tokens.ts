import { randomAlphanumeric } from "../oauth/random-text.ts";
import type { FacebookSwitches } from "./options.ts";
import type { FacebookPage, FacebookUser } from "./users.ts";

/** The grant behind an access token. */
export interface FacebookAccess {
  readonly type: "USER" | "PAGE" | "APP" | "SYSTEM_USER";
  readonly appId: string;
  readonly user: FacebookUser | undefined;
  readonly page: FacebookPage | undefined;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970; undefined if it does not expire. */
  expiresAt: number | undefined;
  /** End of the access to the user's data, in milliseconds since 1970; undefined for an app. */
  readonly dataAccessExpiresAt: number | undefined;
}

/** The issued tokens. */
export interface FacebookTokens {
  /** Issues a user token that expires after `lifetime` seconds, or never if `lifetime` is undefined. */
  issueUser(user: FacebookUser, lifetime: number | undefined, appId?: string): string;
  /** Issues a token of a system user, likewise. */
  issueSystemUser(user: FacebookUser, lifetime: number | undefined): string;
  /** Issues a page token, which does not expire. */
  issuePage(user: FacebookUser, page: FacebookPage): string;
  /** Finds the grant behind a token, even an expired one. */
  find(token: string): FacebookAccess | undefined;
  expireUsers(): void;
}

/** Lifetime of an exchanged user token. */
export const LONG_LIVED_SECONDS = 5_183_944;
/** Lifetime of a system user's token that expires. */
export const SYSTEM_USER_SECONDS = 5_184_000;

const DATA_ACCESS_MS = 90 * 24 * 3_600_000;

/** Creates a list of tokens with the app token only, which consists of the app's id and secret. */
export function facebookTokens(
  app: { readonly clientId: string; readonly clientSecret: string },
  now: () => number,
): FacebookTokens {
  const tokens = new Map<string, FacebookAccess>();
  const add = (access: Omit<FacebookAccess, "issuedAt" | "dataAccessExpiresAt">): string => {
    const token = `EAA${randomAlphanumeric(190)}`;
    tokens.set(token, { ...access, issuedAt: now(), dataAccessExpiresAt: now() + DATA_ACCESS_MS });
    return token;
  };
  const addUser = (
    type: "USER" | "SYSTEM_USER",
    user: FacebookUser,
    lifetime: number | undefined,
    appId: string,
  ): string => {
    const expiresAt = lifetime === undefined ? undefined : now() + lifetime * 1000;
    return add({ type, appId, user, page: undefined, expiresAt });
  };
  return {
    issueUser: (user, lifetime, appId = app.clientId) => addUser("USER", user, lifetime, appId),
    issueSystemUser: (user, lifetime) => addUser("SYSTEM_USER", user, lifetime, app.clientId),
    issuePage: (user, page) =>
      add({ type: "PAGE", appId: app.clientId, user, page, expiresAt: undefined }),
    find: (token) =>
      token === `${app.clientId}|${app.clientSecret}` ? appAccess(app.clientId) : tokens.get(token),
    expireUsers() {
      for (const access of tokens.values()) if (access.type === "USER") access.expiresAt = now();
    },
  };
}

/** Issues a user token with the lifetime that the switch sets, and returns the fields of the reply. */
export function loginToken(
  { tokens, switches }: { readonly tokens: FacebookTokens; readonly switches: FacebookSwitches },
  user: FacebookUser,
): {
  readonly access_token: string;
  readonly data_access_expiration_time: number;
  readonly expires_in: number | undefined;
} {
  const lifetime = switches.tokenLifetime === false ? undefined : switches.tokenLifetime;
  const token = tokens.issueUser(user, lifetime);
  const dataAccessExpiresAt = tokens.find(token)?.dataAccessExpiresAt ?? 0;
  return {
    access_token: token,
    data_access_expiration_time: Math.floor(dataAccessExpiresAt / 1000),
    expires_in: lifetime,
  };
}

function appAccess(appId: string): FacebookAccess {
  return {
    type: "APP",
    appId,
    user: undefined,
    page: undefined,
    issuedAt: 0,
    expiresAt: undefined,
    dataAccessExpiresAt: undefined,
  };
}
