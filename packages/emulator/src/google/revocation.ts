import { allParameters } from "../server/parameters.ts";
import { jsonReply } from "../oauth/replies.ts";
import { oauthError } from "./oauth-error.ts";
import type { GoogleWorld } from "./world.ts";

/** Serves revocation: one token's end is the end of all that the user granted to the project. */
export function serveRevocation(world: GoogleWorld): void {
  world.app.post("/revoke", (c) => {
    const contentType = c.req.header("content-type") ?? "";
    if (!contentType.startsWith("application/x-www-form-urlencoded")) {
      return oauthError("invalid_request", "The content type must be form-urlencoded.");
    }
    const { token } = allParameters(c);
    if (token === undefined) return oauthError("invalid_request", "Missing parameter: token");
    const user = (world.tokens.access(token) ?? world.tokens.refresh(token))?.user;
    if (user === undefined) return oauthError("invalid_token", "Token expired or revoked");
    world.tokens.revokeUser(user.sub);
    world.grants.revoke(user.sub);
    return jsonReply({});
  });
}
