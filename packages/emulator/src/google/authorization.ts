import type { ConsentQuestion } from "../consent/consent-page.ts";
import { redirectTo, withQuery } from "../oauth/responses.ts";
import { isLoopbackUrl } from "../server/loopback-server.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { authorizationReply } from "./authorization-reply.ts";
import type { GoogleAuthorizationRequest } from "./authorization-reply.ts";
import { isGoogleScope, isIdentityScope, scopeMeaning } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import type { GoogleUser } from "./users.ts";

/** Serves the authorization endpoint. */
export function serveAuthorization(server: GoogleServer): void {
  const ask = server.desk.page<GoogleAuthorizationRequest>(
    (request, { allowed, userId, scopes }) => {
      const user = server.findUser(userId);
      if (!allowed || user === undefined) return refuse(request, "access_denied");
      return authorizationReply(server, request, user, scopes);
    },
  );
  server.app.get("/o/oauth2/v2/auth", (c) => {
    const parameters = queryParameters(c);
    const problem = requestProblem(server, parameters);
    if (problem !== undefined) return errorPage(server, problem);
    const request: GoogleAuthorizationRequest = {
      redirectUri: parameters["redirect_uri"] ?? "",
      scopes: delimitedList(parameters["scope"]),
      prompt: delimitedList(parameters["prompt"]),
      parameters,
    };
    return request.prompt.includes("none")
      ? respondWithoutPage(server, request)
      : ask(consentQuestion(server, request), request);
  });
}

interface Problem {
  readonly error: string;
  readonly text: string;
  readonly status?: number;
}

// Google shows a page for all of these problems, and does not redirect.
// https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
function requestProblem(server: GoogleServer, parameters: WireParameters): Problem | undefined {
  if (parameters["client_id"] !== server.clientId) {
    return { error: "invalid_client", text: "The OAuth client was not found.", status: 401 };
  }
  if (!isRegistered(server, parameters["redirect_uri"])) {
    const text = "The redirect URI in the request does not match one registered for the client.";
    return { error: "redirect_uri_mismatch", text };
  }
  return responseTypeProblem(parameters) ?? scopeProblem(parameters) ?? proofProblem(parameters);
}

function responseTypeProblem(parameters: WireParameters): Problem | undefined {
  const types = delimitedList(parameters["response_type"]);
  if (types.length === 0) {
    return { error: "invalid_request", text: "Required parameter is missing: response_type" };
  }
  return types.every((type) => ["code", "token", "id_token"].includes(type))
    ? undefined
    : { error: "invalid_request", text: "Invalid response_type: " + types.join(" ") };
}

function scopeProblem(parameters: WireParameters): Problem | undefined {
  const scopes = delimitedList(parameters["scope"]);
  if (scopes.length === 0) {
    return { error: "invalid_request", text: "Missing required parameter: scope" };
  }
  const unknown = scopes.filter((scope) => !isGoogleScope(scope));
  return unknown.length === 0
    ? undefined
    : { error: "invalid_scope", text: `Some requested scopes were invalid: ${unknown.join(", ")}` };
}

function proofProblem(parameters: WireParameters): Problem | undefined {
  const method = parameters["code_challenge_method"];
  return method === undefined || method === "S256" || method === "plain"
    ? undefined
    : { error: "invalid_request", text: `Invalid code_challenge_method: ${method}` };
}

function isRegistered(server: GoogleServer, uri: string | undefined): boolean {
  if (uri === undefined) return false;
  const { redirectUris, switches } = server;
  // Installed applications need not register loopback URLs, and may use any port.
  const anyLoopback = redirectUris === undefined || switches.clientType === "installed";
  return (anyLoopback && isLoopbackUrl(uri)) || (redirectUris?.includes(uri) ?? false);
}

function errorPage(
  server: GoogleServer,
  { error, text, status = 400 }: Problem,
): Promise<Response> {
  const message = { title: "Access blocked", text, detail: `Error ${status}: ${error}` };
  return server.desk.say(message, status);
}

function respondWithoutPage(
  server: GoogleServer,
  request: GoogleAuthorizationRequest,
): Promise<Response> | Response {
  const { login_hint: hint } = request.parameters;
  const user = server.findUser(hint ?? server.grants.signedIn());
  if (user === undefined || !server.grants.covers(user.sub, request.scopes)) {
    return refuse(request, server.switches.promptNoneError);
  }
  return authorizationReply(server, request, user, request.scopes);
}

function consentQuestion(
  server: GoogleServer,
  request: GoogleAuthorizationRequest,
): ConsentQuestion {
  return {
    application: server.applicationName,
    redirectUri: request.redirectUri,
    people: server.users.map((user) => ({
      id: user.sub,
      name: user.name,
      detail: user.hd === undefined ? user.email : `${user.email} · Workspace ${user.hd}`,
      picture: user.picture ?? "",
    })),
    selected: suggestedUser(server, request).sub,
    scopes: request.scopes.map((name) => ({
      name,
      meaning: scopeMeaning(name),
      optional: !isIdentityScope(name),
    })),
  };
}

function suggestedUser(server: GoogleServer, request: GoogleAuthorizationRequest): GoogleUser {
  const { login_hint: hint, hd } = request.parameters;
  // hd only preselects an account: the user may choose another, so applications must check the claim.
  const inDomain = server.users.find(
    (user) => hd !== undefined && (hd === "*" ? user.hd !== undefined : user.hd === hd),
  );
  return server.findUser(hint) ?? inDomain ?? (server.users[0] as GoogleUser);
}

function refuse(request: GoogleAuthorizationRequest, error: string): Response {
  const { redirectUri, parameters } = request;
  return redirectTo(withQuery(redirectUri, { error, state: parameters["state"] }));
}
