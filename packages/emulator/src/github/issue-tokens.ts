import type { EmulatorContext } from "../server/request-log.ts";
import { formattedReply } from "./token-reply.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubWorld } from "./world.ts";

/** Makes tokens and replies with them. */
export function issueTokens(
  world: GitHubWorld,
  c: EmulatorContext,
  grant: {
    readonly user: GitHubUser;
    readonly scopes: readonly string[];
    readonly offlineAccess: boolean;
    readonly fromDevice: boolean;
  },
): Response {
  const { switches, tokens } = world;
  const { user, scopes, offlineAccess, fromDevice } = grant;
  const isApp = switches.appType === "github-app";
  const expiring =
    switches.expiringTokens === "by-app-type"
      ? isApp || offlineAccess
      : switches.expiringTokens || (offlineAccess && !isApp);
  const { access, refreshToken } = tokens.issue({ user, scopes, expiring, fromDevice });
  return formattedReply(c, {
    access_token: access.token,
    ...(refreshToken === undefined
      ? {}
      : {
          expires_in: switches.accessTokenLifetime,
          refresh_token: refreshToken,
          refresh_token_expires_in: switches.refreshTokenLifetime,
        }),
    // Separated by commas, and empty for a GitHub App.
    scope: access.scopes.join(","),
    token_type: "bearer",
  });
}
