import { verifierMatches } from "../oauth/authorization-codes.ts";
import { bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { answerForApplication, exchangeOnBehalf } from "./app-grants.ts";
import { clientProblem } from "./client-authentication.ts";
import { NO_CLAIMS } from "./claims-request.ts";
import { exchangeDeviceCode } from "./device-flow.ts";
import { entraError } from "./errors.ts";
import type { EntraError } from "./errors.ts";
import type { MicrosoftCodeGrant, MicrosoftServer } from "./server.ts";
import { SIGN_IN_SCOPES, tokenReply } from "./token-reply.ts";
import { isTenantOf } from "./users.ts";

const DEVICE_GRANTS: ReadonlySet<string | undefined> = new Set([
  "urn:ietf:params:oauth:grant-type:device_code",
  "device_code",
]);

/** Serves the token endpoint of every tenant. */
export function serveToken(server: MicrosoftServer): void {
  server.app.post("/:tenant/oauth2/v2.0/token", async (c) => {
    const parameters = bodyParameters(c);
    const tenant = c.req.param("tenant");
    // A device has no credentials.
    const problem = DEVICE_GRANTS.has(parameters["grant_type"])
      ? undefined
      : await clientProblem(server, c, parameters);
    return problem === undefined
      ? answerGrant(server, tenant, parameters)
      : entraError(problem, server.now());
  });
}

function answerGrant(
  server: MicrosoftServer,
  tenant: string,
  parameters: WireParameters,
): Response | Promise<Response> {
  const grantType = parameters["grant_type"];
  if (DEVICE_GRANTS.has(grantType)) return exchangeDeviceCode(server, tenant, parameters);
  switch (grantType) {
    case "authorization_code":
      return exchangeCode(server, tenant, parameters);
    case "refresh_token":
      return refreshAccess(server, parameters);
    case "client_credentials":
      return answerForApplication(server, tenant, parameters);
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return exchangeOnBehalf(server, parameters);
    default: {
      const text = `The app requested an unsupported grant type '${grantType ?? ""}'.`;
      return entraError({ error: "unsupported_grant_type", code: 70003, text }, server.now());
    }
  }
}

function exchangeCode(
  server: MicrosoftServer,
  tenant: string,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { code } = parameters;
  const found = server.codes.find(code);
  if (code === undefined || found.state !== "valid") {
    const state = found.state === "valid" ? "unknown" : found.state;
    return entraError({ error: "invalid_grant", ...CODE_PROBLEMS[state] }, server.now());
  }
  const problem = exchangeProblem(found.grant, tenant, parameters);
  if (problem !== undefined) return entraError(problem, server.now());
  server.codes.spend(code);
  return tokenReply(server, found.grant, parameters);
}

const CODE_PROBLEMS = {
  used: { code: 54005, text: "OAuth2 Authorization code was already redeemed." },
  expired: { code: 70008, text: "The provided authorization code has expired." },
  unknown: { code: 9002313, text: "Invalid request. Request is malformed or invalid." },
} as const;

function exchangeProblem(
  { redirectUri, proofKey, user }: MicrosoftCodeGrant,
  tenant: string,
  parameters: WireParameters,
): EntraError | undefined {
  const error = "invalid_grant";
  if (parameters["redirect_uri"] !== redirectUri) {
    const text = "The reply address does not match the reply address of the authorization request.";
    return { error: "invalid_client", code: 500112, text };
  }
  if (!isTenantOf(tenant, user)) {
    return { error, code: 700005, text: "Provided authorization code is for another tenant." };
  }
  if (proofKey === undefined) return undefined;
  const { code_verifier: verifier } = parameters;
  if (verifier === undefined) {
    return { error, code: 50148, text: "The code_verifier is required." };
  }
  const text = "The code_verifier does not match the code_challenge supplied.";
  return verifierMatches(verifier, proofKey) ? undefined : { error, code: 501481, text };
}

/** Answers the refresh token grant, with a new refresh token each time. The scopes may be of another API. */
function refreshAccess(
  server: MicrosoftServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { refresh_token: token = "", scope } = parameters;
  const grant = server.tokens.refresh(token);
  if (grant === undefined || grant === "expired") {
    const problem =
      grant === "expired"
        ? { code: 700082, text: "The refresh token has expired due to inactivity." }
        : { code: 70000, text: "Provided grant is invalid or malformed." };
    return entraError({ error: "invalid_grant", ...problem }, server.now());
  }
  server.tokens.spend(token);
  const wanted = delimitedList(scope);
  const scopes = wanted.length === 0 ? grant.scopes : withSignIn(wanted, grant.scopes);
  const { user, claims = NO_CLAIMS } = grant;
  // Each request names the capabilities of the client again.
  const kept = { ...claims, isCapable: false };
  return tokenReply(server, { user, scopes, claims: kept }, parameters);
}

// A refresh token stays one, and openid stays granted, whatever the request names.
function withSignIn(wanted: readonly string[], granted: readonly string[]): readonly string[] {
  const kept = granted.filter((scope) => SIGN_IN_SCOPES.has(scope));
  return [...new Set([...kept, ...wanted])];
}
