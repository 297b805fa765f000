import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { apiError } from "./api-errors.ts";
import type { GitHubWorld } from "./world.ts";

const LONGEST_LIFE_SECONDS = 600;

/**
 * What is wrong with the JWT by which a GitHub App says who it is, or undefined. Clients match on the texts.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export async function appJwtProblem(
  world: GitHubWorld,
  c: EmulatorContext,
): Promise<Response | undefined> {
  // Only Bearer: the scheme "token" is not for JWTs.
  const jwt = authorizationHeader(c, "bearer");
  const claims = jwt === undefined ? undefined : await world.appKeys.verify(jwt);
  if (claims === undefined) return apiError(401, "A JSON web token could not be decoded");
  const { iat, exp, iss } = claims;
  const now = world.now() / 1000;
  if (typeof iat !== "number" || !Number.isInteger(iat) || iat > now) {
    return apiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== "number" || exp <= now) {
    return apiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + LONGEST_LIFE_SECONDS) {
    return apiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  // The client id is recommended; the numeric app id, as number or text, still works.
  const isKnown = iss === world.clientId || String(iss) === String(world.appId);
  return isKnown ? undefined : apiError(404, "Integration not found");
}
