import { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import { serveDebugToken } from "./debug-token.ts";
import { serveDeviceLogin } from "./device-login.ts";
import { serveDialog } from "./dialog.ts";
import { graphError } from "./graph-error.ts";
import { servePages } from "./pages-api.ts";
import { servePermissions } from "./permissions-api.ts";
import { LATEST_VERSION } from "./endpoints.ts";
import { serveRoles } from "./roles-api.ts";
import type { FacebookServer } from "./server.ts";
import { serveSystemUsers } from "./system-users.ts";
import { serveToken } from "./token-endpoint.ts";
import { serveUser } from "./user-api.ts";

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
  serveRoles(graph, server);
  serveSystemUsers(graph, server);
  serveUser(graph, server);
  server.app.route("/:version{v[0-9]+\\.[0-9]+}", graph);
  server.app.route("/", graph);
  server.app.notFound((c) => {
    const message = `Unknown path components: ${c.req.path}. The emulator does not serve this path.`;
    return graphError({ message, code: 2500, status: 404, challenge: "invalid_request" });
  });
}

const LITTLE_USAGE = JSON.stringify({ call_count: 1, total_cputime: 0, total_time: 1 });

// The last day of each version: https://developers.facebook.com/docs/graph-api/changelog
const LAST_DAYS: readonly (readonly [version: string, lastDay: string])[] = [
  ["v20.0", "2026-09-24"],
  ["v21.0", "2027-01-21"],
  ["v22.0", "2027-05-20"],
  ["v23.0", "2027-10-08"],
  ["v24.0", "2028-02-18"],
  ["v25.0", "2028-07-29"],
];

/** Returns the Graph API version that serves a call; undefined for a future version. `now` is in milliseconds. */
function servingVersion(requested: string | undefined, now: number): string | undefined {
  const living = LAST_DAYS.filter(([, lastDay]) => Date.parse(`${lastDay}T23:59:59Z`) >= now).map(
    ([version]) => version,
  );
  const oldest = living[0] ?? LATEST_VERSION;
  // The oldest available version serves calls without a version, and those for an expired one.
  if (requested === undefined) return oldest;
  if (major(requested) > major(LATEST_VERSION)) return undefined;
  return [...living, LATEST_VERSION].includes(requested) ? requested : oldest;
}

function major(version: string): number {
  return Number.parseFloat(version.slice(1));
}
