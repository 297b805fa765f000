import { codeStore } from "../oauth/authorization-codes.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import type { MicrosoftSwitches } from "./options.ts";
import type { MicrosoftUser } from "./users.ts";

/** What a user granted to the application in a policy of Azure AD B2C. */
export interface B2cGrant {
  readonly user: MicrosoftUser;
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
  /** Name of the policy, as in the path. */
  readonly policy: string;
  /** When the user signed in, in seconds since 1970. */
  readonly signedInAt: number;
}

/** The grant behind an authorization code. */
interface B2cCodeGrant extends B2cGrant {
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
}

/** The codes and refresh tokens of Azure AD B2C. */
export interface B2cGrants {
  readonly codes: CodeStore<B2cCodeGrant>;
  issueRefresh(grant: B2cGrant): string;
  /** Finds the grant of a refresh token; `expired` if it does not work any more. */
  refresh(token: string): B2cGrant | "expired" | undefined;
  /** Revokes all refresh tokens of a user. */
  revokeUser(oid: string): void;
}

/** Creates an empty list of grants. */
export function b2cGrants(switches: MicrosoftSwitches, now: () => number): B2cGrants {
  const refreshTokens = new Map<string, { readonly grant: B2cGrant; readonly expiresAt: number }>();
  return {
    codes: codeStore(now),
    issueRefresh(grant) {
      const token = `eyJraWQi${randomBase64Url(300)}`;
      const expiresAt = now() + switches.refreshTokenLifetime * 1000;
      refreshTokens.set(token, { grant, expiresAt });
      return token;
    },
    refresh(token) {
      const found = refreshTokens.get(token);
      return found !== undefined && found.expiresAt <= now() ? "expired" : found?.grant;
    },
    revokeUser(oid) {
      for (const [token, { grant }] of refreshTokens) {
        if (grant.user.oid === oid) refreshTokens.delete(token);
      }
    },
  };
}
