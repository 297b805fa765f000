import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { oauthError } from "./oauth-error.ts";
import { canonicalScope } from "./scopes.ts";
import { tokenReply } from "./token-reply.ts";
import type { GoogleWorld } from "./world.ts";

/** The refresh token grant: no new refresh token, the old one lives on. */
export function refreshAccess(
  world: GoogleWorld,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { refresh_token: refreshToken, scope } = parameters;
  if (refreshToken === undefined) {
    return oauthError("invalid_request", "Missing required parameter: refresh_token");
  }
  const grant = world.tokens.refresh(refreshToken);
  if (grant === undefined) {
    return oauthError("invalid_grant", "Token has been expired or revoked.");
  }
  const wanted = delimitedList(scope).map(canonicalScope);
  if (wanted.some((name) => !grant.scopes.includes(name))) {
    return oauthError("invalid_scope", "Some requested scopes were not granted.");
  }
  const scopes = wanted.length === 0 ? grant.scopes : wanted;
  return tokenReply(world, { user: grant.user, scopes, offline: true, newRefreshToken: false });
}
