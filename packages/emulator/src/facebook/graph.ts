import { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import { serveDebugToken } from "./debug-token.ts";
import { serveDeviceLogin } from "./device-login.ts";
import { serveDialog } from "./dialog.ts";
import { servingVersion } from "./endpoints.ts";
import { graphError } from "./graph-error.ts";
import { servePages } from "./pages-api.ts";
import { servePermissions } from "./permissions-api.ts";
import { serveToken } from "./token-endpoint.ts";
import { serveUser } from "./user-api.ts";
import type { FacebookServer } from "./server.ts";

/** Serves the dialog and the Graph API, with and without a version in the path. */
export function serveGraph(server: FacebookServer): void {
  const graph = new Hono<EmulatorEnv>();
  graph.use(async (c, next) => {
    const requested = /^\/(v\d+\.\d+)\//.exec(c.req.path)?.[1];
    const version = servingVersion(requested, server.now());
    if (version === undefined) {
      const message = `Unknown path components: /${requested}`;
      return graphError({ message, code: 2500, challenge: "invalid_request" });
    }
    await next();
    c.res.headers.set("facebook-api-version", version);
    if (!c.res.headers.has("x-app-usage")) c.res.headers.set("x-app-usage", LITTLE_USAGE);
    return undefined;
  });
  serveDialog(graph, server);
  serveToken(graph, server);
  serveDeviceLogin(graph, server);
  serveDebugToken(graph, server);
  servePages(graph, server);
  servePermissions(graph, server);
  serveUser(graph, server);
  server.app.route("/:version{v[0-9]+\\.[0-9]+}", graph);
  server.app.route("/", graph);
}

const LITTLE_USAGE = JSON.stringify({ call_count: 1, total_cputime: 0, total_time: 1 });
