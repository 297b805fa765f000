import { jsonReply } from "../oauth/responses.ts";
import { googleIdToken } from "./id-token.ts";
import { isIdentityScope } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import { isTimeLimited, TESTING_LIFETIME } from "./tokens.ts";
import type { GoogleUser } from "./users.ts";

/** Issues tokens for a user and replies with them, in the order of Google's fields. */
export async function tokenReply(
  server: GoogleServer,
  grant: {
    readonly user: GoogleUser;
    readonly scopes: readonly string[];
    readonly nonce?: string | undefined;
    readonly offline: boolean;
    readonly newRefreshToken: boolean;
    /** Thumbprint of the key that a new refresh token is bound to. */
    readonly thumbprint?: string | undefined;
  },
): Promise<Response> {
  const { user, scopes, nonce, offline, newRefreshToken, thumbprint } = grant;
  const accessToken = server.tokens.issueAccess({ user, scopes, offline });
  const limited = newRefreshToken && isTimeLimited(server.switches, scopes);
  return jsonReply({
    access_token: accessToken,
    expires_in: server.switches.accessTokenLifetime,
    refresh_token: newRefreshToken
      ? server.tokens.issueRefresh(user, scopes, thumbprint)
      : undefined,
    scope: scopes.join(" "),
    token_type: "Bearer",
    id_token: scopes.some(isIdentityScope)
      ? await googleIdToken(server, user, { scopes, nonce, accessToken })
      : undefined,
    refresh_token_expires_in: limited ? TESTING_LIFETIME : undefined,
  });
}
