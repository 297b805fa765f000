import { randomFrom } from "../oauth/random-text.ts";
import { callbackIssuer, redirectTo, withQuery } from "../oauth/redirects.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion, grantScopes } from "./consent.ts";
import { isRegistered } from "./redirect-uris.ts";
import { normalizedScopes, OFFLINE_ACCESS } from "./scopes.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubServer } from "./server.ts";

const DOCUMENTATION =
  "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/";

/** Serves the authorization endpoint. */
export function serveAuthorization(server: GitHubServer): void {
  server.app.get("/login/oauth/authorize", (c) => {
    const parameters = queryParameters(c);
    if (parameters["client_id"] !== server.clientId) return unknownClient(server);
    const redirectUri = parameters["redirect_uri"] ?? server.redirectUris?.[0];
    if (redirectUri === undefined || !isRegistered(server, redirectUri)) {
      return redirectMismatch(server, parameters);
    }
    const problem = server.switches.enterpriseServer ? undefined : proofProblem(parameters);
    if (problem !== undefined) {
      return fail(server, redirectUri, parameters, "invalid_request", problem);
    }
    return askForConsent(server, redirectUri, parameters);
  });
}

function unknownClient(server: GitHubServer): Promise<Response> {
  // From memory: GitHub shows its "not found" page.
  return server.desk.say(
    { title: "Not found", text: "There is no application with this client_id." },
    404,
  );
}

function redirectMismatch(
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
  return fail(server, registered, parameters, "redirect_uri_mismatch", description);
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

function askForConsent(
  server: GitHubServer,
  redirectUri: string,
  parameters: WireParameters,
): Promise<Response> {
  const asked = delimitedList(parameters["scope"], /[\s,]+/);
  const user = server.findUser(parameters["login"]) ?? server.users[0];
  const question = consentQuestion(server, normalizedScopes(asked), user);
  return server.desk.ask({ ...question, redirectUri }, ({ allowed, userId }) => {
    const chosen = server.findUser(userId);
    if (!allowed || chosen === undefined) {
      const description = "The user has denied your application access.";
      return fail(server, redirectUri, parameters, "access_denied", description);
    }
    return redirectTo(
      withQuery(redirectUri, {
        code: issueCode(server, chosen, asked, redirectUri, parameters),
        iss: callbackIssuer(server),
        state: parameters["state"],
      }),
    );
  });
}

function issueCode(
  server: GitHubServer,
  user: GitHubUser,
  asked: readonly string[],
  redirectUri: string,
  parameters: WireParameters,
): string {
  const code = randomFrom("0123456789abcdef", 20);
  const challenge = server.switches.enterpriseServer ? undefined : parameters["code_challenge"];
  server.codes.keep(code, {
    user,
    scopes: grantScopes(server, user, asked),
    redirectUri,
    proofKey: challenge === undefined ? undefined : { challenge, method: "S256" },
    offlineAccess: asked.includes(OFFLINE_ACCESS),
  });
  return code;
}

function fail(
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
