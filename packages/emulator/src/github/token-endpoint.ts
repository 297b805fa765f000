import { verifierMatches } from "../oauth/authorization-codes.ts";
import { allParameters, basicCredentials } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { exchangeDeviceCode } from "./device-flow.ts";
import type { GitHubCodeGrant, GitHubServer } from "./server.ts";
import { errorReply, issueTokens } from "./token-reply.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Serves the token endpoint, which reads parameters from the body and the query. */
export function serveToken(server: GitHubServer): void {
  server.app.post("/login/oauth/access_token", (c) => {
    // GitHub does not document HTTP Basic, but accepts it: Spring Security's preset has always used it.
    const basic = basicCredentials(c);
    const credentials =
      basic === undefined ? {} : { client_id: basic.name, client_secret: basic.password };
    const parameters: WireParameters = { ...allParameters(c), ...credentials };
    if (parameters["client_id"] !== server.clientId) return wrongCredentials(c);
    switch (parameters["grant_type"]) {
      case DEVICE_GRANT:
        return exchangeDeviceCode(server, c, parameters);
      case "refresh_token":
        return refresh(server, c, parameters);
      case "authorization_code":
      case undefined:
        return exchangeCode(server, c, parameters);
      default:
        return errorReply(c, "unsupported_grant_type", "The grant type is not supported.");
    }
  });
}

function wrongCredentials(c: EmulatorContext): Response {
  const description = "The client_id and/or client_secret passed are incorrect.";
  return errorReply(c, "incorrect_client_credentials", description);
}

function exchangeCode(
  server: GitHubServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Response {
  if (parameters["client_secret"] !== server.clientSecret) return wrongCredentials(c);
  const { code } = parameters;
  const found = server.codes.find(code);
  if (code === undefined || found.state !== "valid") {
    return errorReply(c, "bad_verification_code", "The code passed is incorrect or expired.");
  }
  const problem = exchangeProblem(server, found.grant, parameters);
  if (problem !== undefined) return errorReply(c, ...problem);
  server.codes.spend(code);
  return issueTokens(server, c, { ...found.grant, fromDevice: false });
}

function exchangeProblem(
  server: GitHubServer,
  grant: GitHubCodeGrant,
  parameters: WireParameters,
): [error: string, description: string] | undefined {
  const { redirect_uri: redirectUri, code_verifier: verifier = "" } = parameters;
  if (redirectUri !== undefined && redirectUri !== grant.redirectUri) {
    const description =
      "The redirect_uri MUST match the registered callback URL for this application.";
    return ["redirect_uri_mismatch", description];
  }
  if (grant.proofKey !== undefined && !verifierMatches(verifier, grant.proofKey)) {
    return [server.switches.proofKeyError, "The code passed is incorrect or expired."];
  }
  if (!server.switches.allowUnverifiedEmail && !hasVerifiedPrimary(grant)) {
    return ["unverified_user_email", "The user must have a verified primary email."];
  }
  return undefined;
}

function hasVerifiedPrimary({ user }: GitHubCodeGrant): boolean {
  return user.emails.some(({ primary, verified }) => primary && verified);
}

// https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
function refresh(server: GitHubServer, c: EmulatorContext, parameters: WireParameters): Response {
  const { refresh_token: refreshToken, client_secret: secret } = parameters;
  const secretMayMiss = secret === undefined && server.tokens.isFromDevice(refreshToken);
  if (secret !== server.clientSecret && !secretMayMiss) return wrongCredentials(c);
  const grant = server.tokens.refresh(refreshToken);
  if (grant === undefined || refreshToken === undefined) {
    server.tokens.punishReuse(refreshToken);
    const description = "The refresh token passed is incorrect or expired.";
    return errorReply(c, "bad_refresh_token", description);
  }
  // Both tokens of the old pair stop working at once.
  server.tokens.spend(refreshToken);
  return issueTokens(server, c, { ...grant, offlineAccess: true });
}
