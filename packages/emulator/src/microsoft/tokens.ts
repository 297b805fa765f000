import { randomBase64Url } from "../oauth/random-text.ts";
import type { ClaimsRequest } from "./claims-request.ts";
import type { MicrosoftSwitches } from "./options.ts";
import type { MicrosoftGrant } from "./server.ts";
import type { MicrosoftUser } from "./users.ts";

/** The grant behind an access token. */
export interface MicrosoftAccess {
  /** The user; undefined for the application itself. */
  readonly user: MicrosoftUser | undefined;
  readonly scopes: readonly string[];
  /** The `claims` parameter of the requests. */
  readonly claims: ClaimsRequest;
  /** Id of the tenant of the user, or of the one that the application has a token for; undefined in Azure AD B2C. */
  readonly tenant?: string | undefined;
  /** Id of the API that the token is for. */
  readonly audience: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** When the user's sessions were revoked, in seconds since 1970. */
  revokedAt?: number;
}

/** The grant behind a refresh token. */
interface MicrosoftRefresh extends MicrosoftGrant {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The issued tokens. */
export interface MicrosoftTokens {
  addAccess(token: string, access: Omit<MicrosoftAccess, "expiresAt" | "revokedAt">): void;
  issueRefresh(grant: MicrosoftGrant): string;
  access(token: string | undefined): MicrosoftAccess | undefined;
  /** Finds the grant of a refresh token; `expired` if it does not work any more. */
  refresh(token: string): MicrosoftRefresh | "expired" | undefined;
  /** Notes that a refresh token was used. */
  spend(token: string): void;
  /** Revokes all refresh tokens of a user, and marks the access tokens, which do not expire by this. `time` is in seconds. */
  revokeUser(oid: string, time: number): void;
  expireAccess(): void;
}

/** Creates an empty list of tokens. */
export function microsoftTokens(switches: MicrosoftSwitches, now: () => number): MicrosoftTokens {
  const accessTokens = new Map<string, MicrosoftAccess>();
  const refreshTokens = new Map<string, MicrosoftRefresh>();
  return {
    addAccess(token, access) {
      const expiresAt = now() + switches.accessTokenLifetime * 1000;
      accessTokens.set(token, { ...access, expiresAt });
    },
    issueRefresh(grant) {
      const token = `1.A${randomBase64Url(300)}`;
      const expiresAt = now() + switches.refreshTokenLifetime * 1000;
      refreshTokens.set(token, { ...grant, expiresAt });
      return token;
    },
    access(token = "") {
      const access = accessTokens.get(token);
      return access !== undefined && access.expiresAt > now() ? access : undefined;
    },
    refresh(token) {
      const grant = refreshTokens.get(token);
      return grant !== undefined && grant.expiresAt <= now() ? "expired" : grant;
    },
    spend(token) {
      // https://learn.microsoft.com/entra/identity-platform/refresh-tokens: use does not revoke a refresh token.
      if (switches.refreshTokenReuse === "refused") refreshTokens.delete(token);
    },
    revokeUser(oid, time) {
      for (const access of accessTokens.values()) {
        if (access.user?.oid === oid) access.revokedAt = time;
      }
      for (const [token, { user }] of refreshTokens) {
        if (user.oid === oid) refreshTokens.delete(token);
      }
    },
    expireAccess() {
      for (const access of accessTokens.values()) access.expiresAt = now();
    },
  };
}
