import type { Hono } from "hono";
import { authorizationHeader, allParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { graphAccess } from "./graph-access.ts";
import { graphError, graphReply, noSuchObject } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import { SYSTEM_USER_SECONDS } from "./tokens.ts";

/** The business whose system user a token of Login for Business is for. */
export const CLIENT_BUSINESS_ID = "30223344556677881";

/**
 * Serves tokens of a client business's system user, for a token of the same user and an `appsecret_proof`. `fetch_only`
 * asks for the token that exists.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business
 */
export function serveSystemUsers(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.post("/:business{[0-9]+}/system_user_access_tokens", (c) => {
    const access = graphAccess(server, c, true);
    if (access instanceof Response) return access;
    if (c.req.param("business") !== CLIENT_BUSINESS_ID) return noSuchObject("post", c.req.path);
    const { user, type } = access;
    if (user === undefined || type !== "SYSTEM_USER") {
      const message = "(#200) Requires business_management permission to manage the object";
      return graphError({ message, code: 200, status: 403 });
    }
    const parameters = allParameters(c);
    const own = parameters["access_token"] ?? authorizationHeader(c, "bearer");
    if (parameters["fetch_only"] === "true") return graphReply({ access_token: own });
    const expires = parameters["set_token_expires_in_60_days"] === "true";
    const lifetime = expires ? SYSTEM_USER_SECONDS : undefined;
    return graphReply({ access_token: server.tokens.issueSystemUser(user, lifetime) });
  });
}
