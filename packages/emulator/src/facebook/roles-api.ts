import type { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import { graphAccess } from "./graph-access.ts";
import { graphReply, noSuchObject } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";

/**
 * Serves the people who have a role in the application, to the application itself: the first user is its administrator.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/application/roles
 */
export function serveRoles(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.get("/:id{[0-9]+}/roles", (c) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    const id = c.req.param("id");
    if (access.type !== "APP" || id !== access.appId) return noSuchObject("get", id);
    return graphReply({
      data: [{ app_id: id, user: server.users[0]?.id, role: "administrators" }],
    });
  });
}
