import type { GraphError } from "./graph-error.ts";
import type { FacebookAccess } from "./tokens.ts";
import type { FacebookWorld } from "./world.ts";

/**
 * What is wrong with an access token, if anything.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function tokenProblem(
  world: FacebookWorld,
  access: FacebookAccess | undefined,
): GraphError | undefined {
  const status = world.switches.invalidTokenStatus;
  if (access === undefined || access.appId !== world.clientId) {
    const message = "Invalid OAuth access token - Cannot parse access token";
    return { message, code: 190, status };
  }
  if (access.user !== undefined && !world.permissions.installed(access.user.id)) {
    const message = `Error validating access token: The user has not authorized application ${world.clientId}.`;
    return { message, code: 190, subcode: 458, status };
  }
  if (access.expiresAt !== undefined && access.expiresAt <= world.now()) {
    const since = new Date(access.expiresAt).toUTCString();
    const message = `Error validating access token: Session has expired on ${since}.`;
    return { message, code: 190, subcode: 463, status };
  }
  return undefined;
}
