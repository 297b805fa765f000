import { randomAlphanumeric } from "../oauth/random-text.ts";
import type { FacebookPage, FacebookUser } from "./users.ts";

/** What an access token stands for. */
export interface FacebookAccess {
  readonly type: "USER" | "PAGE" | "APP";
  readonly appId: string;
  readonly user: FacebookUser | undefined;
  readonly page: FacebookPage | undefined;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970; undefined when it never expires. */
  expiresAt: number | undefined;
  /** Milliseconds since 1970, when the user's data stops being told; undefined for an app. */
  readonly dataAccessExpiresAt: number | undefined;
}

/** The tokens out there. */
export interface FacebookTokens {
  /** Makes a user token that lives `lifetime` seconds, or (undefined) for ever. */
  issueUser(user: FacebookUser, lifetime: number | undefined, appId?: string): string;
  /** Makes a page token, which does not expire by time. */
  issuePage(user: FacebookUser, page: FacebookPage): string;
  /** What a token stands for, expired ones too. */
  find(token: string): FacebookAccess | undefined;
  expireUsers(): void;
}

const DATA_ACCESS_MS = 90 * 24 * 3_600_000;

/** No tokens yet, but those that are made of the app's id and secret. */
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
  return {
    issueUser: (user, lifetime, appId = app.clientId) =>
      add({
        type: "USER",
        appId,
        user,
        page: undefined,
        expiresAt: lifetime === undefined ? undefined : now() + lifetime * 1000,
      }),
    issuePage: (user, page) =>
      add({ type: "PAGE", appId: app.clientId, user, page, expiresAt: undefined }),
    find: (token) =>
      token === `${app.clientId}|${app.clientSecret}` ? appAccess(app.clientId) : tokens.get(token),
    expireUsers() {
      for (const access of tokens.values()) if (access.type === "USER") access.expiresAt = now();
    },
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
