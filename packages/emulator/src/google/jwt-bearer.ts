import { jsonReply } from "../oauth/responses.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { oauthError } from "./errors.ts";
import { serviceIdToken } from "./id-token.ts";
import { isGoogleScope } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import type { AssertionClaims } from "./service-accounts.ts";

// Google accepts a lifetime of up to an hour, plus five minutes of clock skew.
const LONGEST_LIFE_SECONDS = 3900;

const LIFETIME_TEXT =
  "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";

const DELEGATION_TEXT =
  "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.";

/** Answers the JWT bearer grant, which gives a service account a token (RFC 7523). */
export async function exchangeAssertion(
  server: GoogleServer,
  { assertion }: WireParameters,
): Promise<Response> {
  if (assertion === undefined) {
    return oauthError("invalid_request", "Missing required parameter: assertion");
  }
  const result = await server.serviceAccounts.verify(assertion);
  if ("problem" in result) return oauthError("invalid_grant", result.problem);
  const { claims } = result;
  const problem = timeProblem(server, claims) ?? audienceProblem(server, claims);
  if (problem !== undefined) return oauthError("invalid_grant", problem);
  if (claims.target_audience !== undefined && claims.scope === undefined) {
    const { account } = result;
    return jsonReply({ id_token: await serviceIdToken(server, account, claims.target_audience) });
  }
  return subjectProblem(server, claims) ?? accessReply(server, claims);
}

function subjectProblem(
  server: GoogleServer,
  { sub: subject, iss }: AssertionClaims,
): Response | undefined {
  if (subject === undefined || subject === iss) return undefined;
  if (server.findUser(subject) === undefined) {
    return oauthError("invalid_grant", "Invalid email or User ID");
  }
  return server.switches.domainWideDelegation
    ? undefined
    : oauthError("unauthorized_client", DELEGATION_TEXT, 401);
}

function accessReply(server: GoogleServer, { sub: subject, scope }: AssertionClaims): Response {
  const scopes = delimitedList(scope);
  if (scopes.length === 0 || !scopes.every(isGoogleScope)) {
    return oauthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  }
  const user = server.findUser(subject);
  const accessToken = server.tokens.issueAccess({ user, scopes, offline: false });
  const lifetime = server.switches.accessTokenLifetime;
  return jsonReply({ access_token: accessToken, expires_in: lifetime, token_type: "Bearer" });
}

/** Returns the problem with the lifetime of an assertion or a self-signed JWT, if any. */
export function timeProblem(
  server: GoogleServer,
  { iat, exp }: AssertionClaims,
): string | undefined {
  const now = Math.floor(server.now() / 1000);
  const valid =
    typeof iat === "number" &&
    typeof exp === "number" &&
    exp >= iat &&
    exp - iat <= LONGEST_LIFE_SECONDS &&
    exp > now &&
    iat <= now + 300;
  return valid ? undefined : LIFETIME_TEXT;
}

// Google's own libraries name this audience whatever their token endpoint is.
const GOOGLE_TOKEN_ENDPOINT = "https://oauth2.googleapis.com/token";

function audienceProblem(server: GoogleServer, { aud }: AssertionClaims): string | undefined {
  return aud === server.endpoints.token || aud === GOOGLE_TOKEN_ENDPOINT
    ? undefined
    : "Invalid JWT: Failed audience check.";
}
