import type { Hono } from "hono";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { graphAccess, NO_TOKEN } from "./graph-access.ts";
import { graphError, graphReply } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookUser } from "./users.ts";

/**
 * Serves the list of a user's permissions, and their removal, which is Facebook's revocation.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
 */
export function servePermissions(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  const { permissions } = server;
  const withUser =
    (act: (user: FacebookUser, c: EmulatorContext) => Response) =>
    (c: EmulatorContext): Response => {
      const access = graphAccess(server, c);
      if (access instanceof Response) return access;
      const id = c.req.param("id");
      const { user } = access;
      return user === undefined || (id !== "me" && id !== user.id)
        ? graphError(NO_TOKEN)
        : act(user, c);
    };
  const path = "/:id{(?:me|[0-9]+)}/permissions";
  graph.get(
    path,
    withUser((user) => {
      const list = permissions.of(user.id);
      return graphReply({ data: list.map(([permission, status]) => ({ permission, status })) });
    }),
  );
  graph.delete(
    path,
    withUser((user) => graphReply({ success: permissions.remove(user.id) })),
  );
  graph.delete(
    `${path}/:permission`,
    withUser((user, c) =>
      graphReply({ success: permissions.remove(user.id, c.req.param("permission")) }),
    ),
  );
}
