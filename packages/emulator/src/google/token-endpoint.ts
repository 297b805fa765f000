import { verifierMatches } from "../oauth/authorization-codes.ts";
import { basicCredentials, bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { exchangeDeviceCode } from "./device-flow.ts";
import { dpopError, provenRequest } from "./dpop.ts";
import type { ProvenRequest } from "./dpop.ts";
import { oauthError } from "./errors.ts";
import { exchangeAssertion } from "./jwt-bearer.ts";
import { canonicalScope } from "./scopes.ts";
import type { GoogleCodeGrant, GoogleServer } from "./server.ts";
import { tokenReply } from "./token-reply.ts";

/** Serves the token endpoint and its legacy alias. */
export function serveToken(server: GoogleServer): void {
  const respond = async (c: EmulatorContext): Promise<Response> => {
    const parameters = bodyParameters(c);
    const problem = clientProblem(server, c, parameters);
    if (problem !== undefined) return problem;
    const request = await provenRequest(server, c, parameters);
    if (request instanceof Response) return request;
    const reply = await answerGrant(server, request);
    if (request.thumbprint !== undefined) reply.headers.set("dpop-nonce", server.dpop.nonce());
    return reply;
  };
  server.app.post("/token", respond);
  server.app.post("/oauth2/v4/token", respond);
}

function answerGrant(server: GoogleServer, request: ProvenRequest): Response | Promise<Response> {
  const { parameters } = request;
  switch (parameters["grant_type"]) {
    case "authorization_code":
      return exchangeCode(server, request);
    case "refresh_token":
      return refreshAccess(server, request);
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
  // The assertion of a service account authenticates the client.
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
  if (secret === undefined) {
    return mayOmitSecret(server, parameters)
      ? undefined
      : oauthError("invalid_request", "client_secret is missing.");
  }
  return secret === server.clientSecret
    ? undefined
    : oauthError("invalid_client", "Unauthorized", 401);
}

// Devices always send their secret: https://developers.google.com/identity/protocols/oauth2/limited-input-device
function mayOmitSecret({ switches }: GoogleServer, parameters: WireParameters): boolean {
  const isDevicePoll = parameters["grant_type"]?.endsWith(":device_code") ?? false;
  return switches.clientType === "installed" && !isDevicePoll;
}

function exchangeCode(
  server: GoogleServer,
  { parameters, thumbprint }: ProvenRequest,
): Response | Promise<Response> {
  const { code, redirect_uri: redirectUri, code_verifier: verifier } = parameters;
  if (code === undefined) return oauthError("invalid_request", "Missing required parameter: code");
  const found = server.codes.find(code);
  if (found.state !== "valid") {
    // The texts are from public logs; Google documents only the error code.
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
    thumbprint,
  });
}

function verifierProblem(
  { proofKey }: GoogleCodeGrant,
  verifier: string | undefined,
): string | undefined {
  if (proofKey === undefined) return undefined;
  if (verifier === undefined) return "Missing code verifier.";
  return verifierMatches(verifier, proofKey) ? undefined : "Invalid code verifier.";
}

/** Answers the refresh token grant. There is no new refresh token; the old one stays valid. */
function refreshAccess(
  server: GoogleServer,
  { parameters, thumbprint }: ProvenRequest,
): Response | Promise<Response> {
  const { refresh_token: refreshToken, scope } = parameters;
  if (refreshToken === undefined) {
    return oauthError("invalid_request", "Missing required parameter: refresh_token");
  }
  const grant = server.tokens.refresh(refreshToken);
  if (grant === undefined) {
    return oauthError("invalid_grant", "Token has been expired or revoked.");
  }
  if (grant.thumbprint !== undefined && grant.thumbprint !== thumbprint) {
    return dpopError(server, "invalid_dpop_proof", "The refresh token is bound to another key.");
  }
  const wanted = delimitedList(scope).map(canonicalScope);
  if (wanted.some((name) => !grant.scopes.includes(name))) {
    return oauthError("invalid_scope", "Some requested scopes were not granted.");
  }
  const scopes = wanted.length === 0 ? grant.scopes : wanted;
  return tokenReply(server, { user: grant.user, scopes, offline: true, newRefreshToken: false });
}
