import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { GoogleAccess } from "./tokens.ts";
import type { GoogleWorld } from "./world.ts";

/** The access token that a request carries: in the header, or in the query where the switch allows it. */
function bearerToken(world: GoogleWorld, c: EmulatorContext): string | undefined {
  const fromQuery = world.switches.queryTokens ? c.req.query("access_token") : undefined;
  return authorizationHeader(c, "bearer") ?? fromQuery;
}

/** What the request's access token stands for, if it lives. */
export function bearerAccess(world: GoogleWorld, c: EmulatorContext): GoogleAccess | undefined {
  return world.tokens.access(bearerToken(world, c));
}
