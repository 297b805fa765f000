import { proves } from "../oauth/authorization-codes.ts";
import { basicCredentials, bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { exchangeDeviceCode } from "./device-flow.ts";
import { oauthError } from "./errors.ts";
import { exchangeAssertion } from "./jwt-bearer.ts";
import { canonicalScope } from "./scopes.ts";
import { tokenReply } from "./token-reply.ts";
import type { GoogleCodeGrant, GoogleServer } from "./server.ts";

/** Serves the token endpoint and its legacy alias. */
export function serveToken(server: GoogleServer): void {
  const answer = (c: EmulatorContext): Response | Promise<Response> => {
    const parameters = bodyParameters(c);
    return clientProblem(server, c, parameters) ?? answerGrant(server, parameters);
  };
  server.app.post("/token", answer);
  server.app.post("/oauth2/v4/token", answer);
}

function answerGrant(
  server: GoogleServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  switch (parameters["grant_type"]) {
    case "authorization_code":
      return exchangeCode(server, parameters);
    case "refresh_token":
      return refreshAccess(server, parameters);
    case "urn:ietf:params:oauth:grant-type:device_code":
      return exchangeDeviceCode(server, parameters);
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return exchangeAssertion(server, parameters);
    case undefined:
      return oauthError("invalid_request", "Required parameter is missing: grant_type");
    default:
      return oauthError(
        "unsupported_grant_type",
        "Invalid grant_type: " + parameters["grant_type"],
      );
  }
}

function clientProblem(
  server: GoogleServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Response | undefined {
  // A service account's assertion is its authentication.
  if (parameters["grant_type"]?.endsWith(":jwt-bearer")) return undefined;
  const basic = basicCredentials(c);
  const clientId = basic?.name ?? parameters["client_id"];
  const secret = basic?.password ?? parameters["client_secret"];
  if (clientId === undefined) {
    return oauthError("invalid_request", "Could not determine client ID from request.");
  }
  if (clientId !== server.clientId) {
    return oauthError("invalid_client", "The OAuth client was not found.", 401);
  }
  return secret === undefined
    ? missingSecretProblem(server, parameters)
    : wrongSecretProblem(server, secret);
}

function missingSecretProblem(
  server: GoogleServer,
  parameters: WireParameters,
): Response | undefined {
  return server.switches.clientType === "installed" && !isDevicePoll(parameters)
    ? undefined
    : oauthError("invalid_request", "client_secret is missing.");
}

function wrongSecretProblem(server: GoogleServer, secret: string): Response | undefined {
  return secret === server.clientSecret
    ? undefined
    : oauthError("invalid_client", "Unauthorized", 401);
}

// https://developers.google.com/identity/protocols/oauth2/limited-input-device: devices always send their secret.
function isDevicePoll(parameters: WireParameters): boolean {
  return parameters["grant_type"]?.endsWith(":device_code") ?? false;
}

/** The authorization code grant. */
function exchangeCode(
  server: GoogleServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { code, redirect_uri: redirectUri, code_verifier: verifier } = parameters;
  if (code === undefined) return oauthError("invalid_request", "Missing required parameter: code");
  const found = server.codes.find(code);
  if (found.state !== "valid") {
    // Texts as seen in public logs; Google documents only the code.
    return oauthError(
      "invalid_grant",
      found.state === "unknown" ? "Malformed auth code." : "Bad Request",
    );
  }
  const { grant } = found;
  if (redirectUri !== grant.redirectUri) return oauthError("redirect_uri_mismatch", "Bad Request");
  const problem = verifierProblem(grant, verifier);
  if (problem !== undefined) return oauthError("invalid_grant", problem);
  server.codes.spend(code);
  const { user, scopes, nonce, withRefreshToken } = grant;
  return tokenReply(server, {
    user,
    scopes,
    nonce,
    offline: withRefreshToken,
    newRefreshToken: withRefreshToken,
  });
}

function verifierProblem(
  { proofKey }: GoogleCodeGrant,
  verifier: string | undefined,
): string | undefined {
  if (proofKey === undefined) return undefined;
  if (verifier === undefined) return "Missing code verifier.";
  return proves(verifier, proofKey) ? undefined : "Invalid code verifier.";
}

/** The refresh token grant: no new refresh token, the old one lives on. */
function refreshAccess(
  server: GoogleServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { refresh_token: refreshToken, scope } = parameters;
  if (refreshToken === undefined) {
    return oauthError("invalid_request", "Missing required parameter: refresh_token");
  }
  const grant = server.tokens.refresh(refreshToken);
  if (grant === undefined) {
    return oauthError("invalid_grant", "Token has been expired or revoked.");
  }
  const wanted = delimitedList(scope).map(canonicalScope);
  if (wanted.some((name) => !grant.scopes.includes(name))) {
    return oauthError("invalid_scope", "Some requested scopes were not granted.");
  }
  const scopes = wanted.length === 0 ? grant.scopes : wanted;
  return tokenReply(server, { user: grant.user, scopes, offline: true, newRefreshToken: false });
}
