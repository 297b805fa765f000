import { randomFrom } from "../oauth/random-text.ts";
import { withQuery } from "../oauth/redirects.ts";
import { redirectTo } from "../oauth/replies.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion } from "./consent.ts";
import { isRegistered } from "./redirect-uris.ts";
import { normalisedScopes, OFFLINE_ACCESS } from "./scopes.ts";
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
  // From memory: GitHub answers with its page for anything that there is not.
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
  // The error goes to the registered URL, never to the one asked for.
  // https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
  const description =
    "The redirect_uri MUST match the registered callback URL for this application.";
  return fail(server, registered, parameters, "redirect_uri_mismatch", description);
}

// GitHub documents S256 and a 43-character challenge as the only ones; how it refuses others is not documented.
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
  const question = consentQuestion(server, normalisedScopes(asked), user);
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

/** Notes what a user grants and returns the scopes of the token. */
export function grantScopes(
  server: GitHubServer,
  user: GitHubUser,
  asked: readonly string[],
): readonly string[] {
  // A GitHub App has permissions, not scopes.
  if (server.switches.appType === "github-app") return [];
  const earlier = server.grants.get(user.id) ?? [];
  const scopes = normalisedScopes(asked);
  // No scope asked: what the user has authorized before is granted again.
  if (scopes.length === 0) return earlier;
  // That a grant never shrinks by asking for less is from memory.
  server.grants.set(user.id, normalisedScopes([...earlier, ...scopes]));
  return scopes;
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

function callbackIssuer({ switches, endpoints }: GitHubServer): string | undefined {
  if (switches.iss === "wrong") return "https://issuer.invalid";
  return switches.iss ? endpoints.issuer : undefined;
}
