import { createHmac } from "node:crypto";
import { allParameters, authorizationHeader } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { graphError } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookAccess } from "./tokens.ts";

// https://developers.facebook.com/documentation/facebook-login/security#appsecret
const PROOF_LIFETIME_SECONDS = 300;

/**
 * Returns the grant behind the access token in the query, the body or the header; otherwise the error response. Some calls
 * need an `appsecret_proof` whatever the app's settings are.
 */
export function graphAccess(
  server: FacebookServer,
  c: EmulatorContext,
  needsProof: boolean = server.switches.requireAppSecretProof,
): FacebookAccess | Response {
  const parameters = allParameters(c);
  const token =
    parameters["access_token"] ??
    authorizationHeader(c, "bearer") ??
    authorizationHeader(c, "oauth");
  if (token === undefined) return graphError(NO_TOKEN);
  const access = server.tokens.find(token);
  const problem =
    tokenProblem(server, access) ??
    // An app token already contains the secret.
    proofProblem(server, token, parameters, needsProof && access?.type !== "APP");
  if (problem !== undefined) return graphError(problem);
  return access ?? graphError(NO_TOKEN);
}

/** The error of a call without a user. */
export const NO_TOKEN: GraphError = {
  message: "An active access token must be used to query information about the current user.",
  code: 2500,
};

function proofProblem(
  server: FacebookServer,
  token: string,
  parameters: WireParameters,
  isNeeded: boolean,
): GraphError | undefined {
  const { appsecret_proof: proof, appsecret_time: time } = parameters;
  // All other errors about credentials are OAuthExceptions.
  const type = "GraphMethodException";
  if (proof === undefined) {
    return isNeeded
      ? {
          message: "API calls from the server require an appsecret_proof argument",
          type,
          code: 100,
        }
      : undefined;
  }
  const message = time === undefined ? token : `${token}|${time}`;
  const expected = createHmac("sha256", server.clientSecret).update(message).digest("hex");
  const age = time === undefined ? 0 : Math.abs(server.now() / 1000 - Number(time));
  // This comparison also fails for a time that is not a number.
  return proof === expected && age <= PROOF_LIFETIME_SECONDS
    ? undefined
    : { message: "Invalid appsecret_proof provided in the API argument", type, code: 100 };
}

/**
 * Returns the problem of an access token, if any.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function tokenProblem(
  server: FacebookServer,
  access: FacebookAccess | undefined,
): GraphError | undefined {
  const status = server.switches.invalidTokenStatus;
  if (access === undefined || access.appId !== server.clientId) {
    const message = "Invalid OAuth access token - Cannot parse access token";
    return { message, code: 190, status };
  }
  if (access.user !== undefined && !server.permissions.installed(access.user.id)) {
    const message = `Error validating access token: The user has not authorized application ${server.clientId}.`;
    return { message, code: 190, subcode: 458, status };
  }
  if (access.expiresAt !== undefined && access.expiresAt <= server.now()) {
    const since = new Date(access.expiresAt).toUTCString();
    const message = `Error validating access token: Session has expired on ${since}.`;
    return { message, code: 190, subcode: 463, status };
  }
  return undefined;
}
