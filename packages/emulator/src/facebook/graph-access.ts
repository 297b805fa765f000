import { createHmac } from "node:crypto";
import { allParameters, authorizationHeader } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { graphError } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import type { FacebookAccess } from "./tokens.ts";
import type { FacebookWorld } from "./world.ts";

// https://developers.facebook.com/documentation/facebook-login/security#appsecret
const PROOF_LIFETIME_SECONDS = 300;

/** What the request's access token stands for, or the error reply. Query, body and header may carry it. */
export function graphAccess(world: FacebookWorld, c: EmulatorContext): FacebookAccess | Response {
  const parameters = allParameters(c);
  const token =
    parameters["access_token"] ??
    authorizationHeader(c, "bearer") ??
    authorizationHeader(c, "oauth");
  if (token === undefined) return graphError(NO_TOKEN);
  const access = world.tokens.find(token);
  const problem = tokenProblem(world, access) ?? proofProblem(world, token, parameters, access);
  if (problem !== undefined) return graphError(problem);
  return access ?? graphError(NO_TOKEN);
}

/** The error of a call that needs a user. */
export const NO_TOKEN: GraphError = {
  message: "An active access token must be used to query information about the current user.",
  code: 2500,
};

function proofProblem(
  world: FacebookWorld,
  token: string,
  parameters: WireParameters,
  access: FacebookAccess | undefined,
): GraphError | undefined {
  const { appsecret_proof: proof, appsecret_time: time } = parameters;
  // GraphMethodException, where every other error about credentials is an OAuthException.
  const type = "GraphMethodException";
  if (proof === undefined) {
    // An app token has the secret in it already.
    return world.switches.requireAppSecretProof && access?.type !== "APP"
      ? {
          message: "API calls from the server require an appsecret_proof argument",
          type,
          code: 100,
        }
      : undefined;
  }
  const message = time === undefined ? token : `${token}|${time}`;
  const expected = createHmac("sha256", world.clientSecret).update(message).digest("hex");
  const age = time === undefined ? 0 : Math.abs(world.now() / 1000 - Number(time));
  // Written so that a time that is no number fails too.
  return proof === expected && age <= PROOF_LIFETIME_SECONDS
    ? undefined
    : { message: "Invalid appsecret_proof provided in the API argument", type, code: 100 };
}

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
