import type { ConsentDecision } from "../consent/consent-desk.ts";
import { randomFrom } from "../oauth/random-text.ts";
import { callbackIssuer, jsonReply, redirectTo, withQuery } from "../oauth/responses.ts";
import { isLoopbackUrl } from "../server/loopback-server.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion, grantScopes } from "./consent.ts";
import { normalizedScopes, OFFLINE_ACCESS } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubUser } from "./users.ts";

const DOCUMENTATION =
  "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/";

/** A valid authorization request. */
interface GitHubAuthorizationRequest {
  readonly redirectUri: string;
  readonly parameters: WireParameters;
}

/** Serves the authorization endpoint. */
export function serveAuthorization(server: GitHubServer): void {
  const ask = server.desk.page<GitHubAuthorizationRequest>((request, decision) =>
    respondToDecision(server, request, decision),
  );
  server.app.get("/login/oauth/authorize", (c) => {
    const parameters = queryParameters(c);
    if (parameters["client_id"] !== server.clientId) return showUnknownClient(server);
    const redirectUri = parameters["redirect_uri"] ?? server.redirectUris?.[0];
    if (redirectUri === undefined || !isRegistered(server, redirectUri)) {
      return refuseRedirectUri(server, parameters);
    }
    const problem = server.switches.enterpriseServer ? undefined : proofProblem(parameters);
    if (problem !== undefined) {
      return redirectWithError(server, redirectUri, parameters, "invalid_request", problem);
    }
    if (server.switches.applicationSuspended) {
      const text = "Your application has been suspended. Contact support@github.com.";
      return redirectWithError(server, redirectUri, parameters, "application_suspended", text);
    }
    const user = server.findUser(parameters["login"]) ?? server.users[0];
    const question = consentQuestion(server, normalizedScopes(requestedScopes(parameters)), user);
    return ask({ ...question, redirectUri }, { redirectUri, parameters });
  });
}

function showUnknownClient(server: GitHubServer): Promise<Response> {
  // From memory: GitHub shows its "not found" page.
  return server.desk.say(
    { title: "Not found", text: "There is no application with this client_id." },
    404,
  );
}

function refuseRedirectUri(
  server: GitHubServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const registered = server.redirectUris?.[0];
  if (registered === undefined) {
    const text =
      "The emulator takes any redirect_uri of this machine. Give others as its redirectUris option.";
    return server.desk.say({ title: "The redirect_uri does not fit", text }, 400);
  }
  // The error goes to the registered URL, never to the requested one.
  // https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
  const description =
    "The redirect_uri MUST match the registered callback URL for this application.";
  return redirectWithError(server, registered, parameters, "redirect_uri_mismatch", description);
}

// GitHub documents only S256 and challenges of 43 characters, but not the errors for others.
function proofProblem(parameters: WireParameters): string | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = parameters;
  if (challenge === undefined && method === undefined) return undefined;
  if (method !== "S256") return "The code_challenge_method must be S256.";
  return /^[A-Za-z0-9_-]{43}$/.test(challenge ?? "")
    ? undefined
    : "The code_challenge must be 43 characters of base64url.";
}

function requestedScopes(parameters: WireParameters): string[] {
  return delimitedList(parameters["scope"], /[\s,]+/);
}

function respondToDecision(
  server: GitHubServer,
  { redirectUri, parameters }: GitHubAuthorizationRequest,
  { allowed, userId }: ConsentDecision,
): Response {
  const chosen = server.findUser(userId);
  if (!allowed || chosen === undefined) {
    const description = "The user has denied your application access.";
    return redirectWithError(server, redirectUri, parameters, "access_denied", description);
  }
  return redirectTo(
    withQuery(redirectUri, {
      code: issueCode(server, chosen, requestedScopes(parameters), redirectUri, parameters),
      iss: callbackIssuer(server),
      state: parameters["state"],
    }),
  );
}

function issueCode(
  server: GitHubServer,
  user: GitHubUser,
  requested: readonly string[],
  redirectUri: string,
  parameters: WireParameters,
): string {
  const code = randomFrom("0123456789abcdef", 20);
  const challenge = server.switches.enterpriseServer ? undefined : parameters["code_challenge"];
  server.codes.add(code, {
    user,
    scopes: grantScopes(server, user, requested),
    redirectUri,
    proofKey: challenge === undefined ? undefined : { challenge, method: "S256" },
    offlineAccess: requested.includes(OFFLINE_ACCESS),
  });
  return code;
}

function redirectWithError(
  server: GitHubServer,
  redirectUri: string,
  parameters: WireParameters,
  error: string,
  description: string,
): Response {
  return redirectTo(
    withQuery(redirectUri, {
      error,
      error_description: description,
      error_uri: `${DOCUMENTATION}#${error.replaceAll("_", "-")}`,
      iss: callbackIssuer(server),
      state: parameters["state"],
    }),
  );
}

/** Whether the application has registered this redirect URI. */
function isRegistered(server: GitHubServer, uri: string): boolean {
  const { redirectUris, switches } = server;
  if (redirectUris === undefined) return isLoopbackUrl(uri);
  if (!URL.canParse(uri)) return false;
  return redirectUris.some(
    (registered) =>
      uri === registered ||
      isSameButPort(registered, uri) ||
      (switches.redirectWildcard && isSubdomainOrSubpath(new URL(registered), new URL(uri))),
  );
}

// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#loopback-redirect-urls
function isSameButPort(registered: string, uri: string): boolean {
  if (!isLoopbackUrl(registered) || !isLoopbackUrl(uri)) return false;
  const [one, other] = [new URL(registered), new URL(uri)];
  other.port = one.port;
  return one.href === other.href;
}

// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls
function isSubdomainOrSubpath(registered: URL, uri: URL): boolean {
  const sameHost = uri.hostname === registered.hostname;
  const subDomain = uri.hostname.endsWith(`.${registered.hostname}`);
  const folder = registered.pathname.replace(/\/?$/, "/");
  const samePath = uri.pathname === registered.pathname || uri.pathname.startsWith(folder);
  return (
    (sameHost || subDomain) &&
    uri.protocol === registered.protocol &&
    uri.port === registered.port &&
    samePath
  );
}

/** Serves the RFC 8414 metadata, only at the path-inserted URL, as GitHub does. */
export function serveMetadata(server: GitHubServer): void {
  const { app, endpoints } = server;
  app.get("/.well-known/oauth-authorization-server/login/oauth", () =>
    jsonReply({
      issuer: endpoints.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      service_documentation:
        "https://docs.github.com/apps/creating-github-apps/registering-a-github-app/registering-a-github-app",
      code_challenge_methods_supported: ["S256"],
    }),
  );
}
