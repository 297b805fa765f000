import { verifierMatches } from "../oauth/authorization-codes.ts";
import { bodyParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { B2C_PATH, policyOf } from "./b2c-discovery.ts";
import { b2cError } from "./b2c-errors.ts";
import type { B2cError } from "./b2c-errors.ts";
import { b2cTokenReply } from "./b2c-tokens.ts";
import { clientProblem } from "./client-authentication.ts";
import type { MicrosoftServer } from "./server.ts";

/**
 * Serves the token endpoint of every policy: codes and refresh tokens of this policy.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/authorization-code-flow
 */
export function serveB2cToken(server: MicrosoftServer): void {
  server.app.post(`${B2C_PATH}/oauth2/v2.0/token`, async (c) => {
    const policy = policyOf(c);
    const parameters = bodyParameters(c);
    const reply =
      (await credentialsProblem(server, c, parameters)) ??
      (await answerGrant(server, policy, parameters));
    return reply instanceof Response ? reply : b2cError(reply, server.now());
  });
}

async function credentialsProblem(
  server: MicrosoftServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Promise<B2cError | undefined> {
  if ((await clientProblem(server, c, parameters)) === undefined) return undefined;
  return parameters["client_secret"] === undefined
    ? {
        error: "invalid_request",
        code: 90079,
        text: "Clients must send a client_secret when redeeming a confidential grant.",
      }
    : {
        error: "invalid_client",
        code: 90081,
        text: "The specified client_secret does not match the expected value for this client. Please correct the client_secret and try again.",
      };
}

function answerGrant(
  server: MicrosoftServer,
  policy: string,
  parameters: WireParameters,
): Promise<Response> | B2cError {
  const { grant_type: grantType = "" } = parameters;
  if (grantType === "authorization_code") return exchangeCode(server, policy, parameters);
  if (grantType === "refresh_token") return refreshAccess(server, policy, parameters);
  const text = `The supplied grant_type [${grantType}] is not supported.`;
  return { error: "unsupported_grant_type", code: 90086, text };
}

function exchangeCode(
  server: MicrosoftServer,
  policy: string,
  parameters: WireParameters,
): Promise<Response> | B2cError {
  const { code = "", code_verifier: verifier = "", redirect_uri: redirectUri = "" } = parameters;
  const { codes } = server.b2cGrants;
  const found = codes.find(code);
  if (found.state === "unknown") return MALFORMED;
  if (found.state !== "valid") return EXPIRED;
  const { grant } = found;
  if (!isSamePolicy(grant.policy, policy)) return otherPolicy(policy, grant.policy);
  if (grant.redirectUri !== redirectUri) {
    const text = `The redirect URI '${redirectUri}' provided in the request is not registered for the client id '${server.clientId}'.`;
    return { error: "invalid_request", code: 90006, text };
  }
  if (grant.proofKey !== undefined && !verifierMatches(verifier, grant.proofKey)) {
    return { error: "invalid_grant", code: 90183, text: "The supplied code_verifier is invalid." };
  }
  codes.spend(code);
  return b2cTokenReply(server, grant);
}

/** Answers the refresh token grant, with a new refresh token each time. */
function refreshAccess(
  server: MicrosoftServer,
  policy: string,
  { refresh_token: token = "" }: WireParameters,
): Promise<Response> | B2cError {
  const grant = server.b2cGrants.refresh(token);
  if (grant === undefined) return REVOKED;
  if (grant === "expired") return EXPIRED;
  return isSamePolicy(grant.policy, policy)
    ? b2cTokenReply(server, { ...grant, nonce: undefined })
    : otherPolicy(policy, grant.policy);
}

// Names of policies are not case-sensitive.
function isSamePolicy(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

// https://learn.microsoft.com/azure/active-directory-b2c/error-codes
const EXPIRED: B2cError = {
  error: "invalid_grant",
  code: 90080,
  text: "The provided grant has expired. Please re-authenticate and try again.",
};

const REVOKED: B2cError = {
  error: "invalid_grant",
  code: 90129,
  text: "The provided grant has been revoked. Please re-authenticate and try again.",
};

// From memory: the error for a code or a refresh token that is none.
const MALFORMED: B2cError = {
  error: "invalid_grant",
  code: 90090,
  text: "The provided JWE is not a valid 5 segment token.",
};

function otherPolicy(expected: string, actual: string): B2cError {
  const text = `The provided grant has not been issued for this endpoint. Actual Value : ${actual} and Expected Value : ${expected}`;
  return { error: "invalid_grant", code: 90088, text };
}
