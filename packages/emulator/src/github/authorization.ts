import { randomFrom } from "../oauth/random-text.ts";
import { withQuery } from "../oauth/redirects.ts";
import { redirectTo } from "../oauth/replies.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion } from "./consent.ts";
import { isRegistered } from "./redirect-uris.ts";
import { normalisedScopes, OFFLINE_ACCESS } from "./scopes.ts";
import { findGitHubUser } from "./users.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubWorld } from "./world.ts";

const DOCUMENTATION =
  "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/";

/** Serves the authorization endpoint. */
export function serveAuthorization(world: GitHubWorld): void {
  world.app.get("/login/oauth/authorize", (c) => {
    const parameters = queryParameters(c);
    if (parameters["client_id"] !== world.clientId) return unknownClient(world);
    const redirectUri = parameters["redirect_uri"] ?? world.redirectUris?.[0];
    if (redirectUri === undefined || !isRegistered(world, redirectUri)) {
      return redirectMismatch(world, parameters);
    }
    const problem = world.switches.enterpriseServer ? undefined : proofProblem(parameters);
    if (problem !== undefined) {
      return fail(world, redirectUri, parameters, "invalid_request", problem);
    }
    return askForConsent(world, redirectUri, parameters);
  });
}

function unknownClient(world: GitHubWorld): Promise<Response> {
  // From memory: GitHub answers with its page for anything that there is not.
  return world.desk.say(
    { title: "Not found", text: "There is no application with this client_id." },
    404,
  );
}

function redirectMismatch(
  world: GitHubWorld,
  parameters: WireParameters,
): Response | Promise<Response> {
  const registered = world.redirectUris?.[0];
  if (registered === undefined) {
    const text =
      "The emulator takes any redirect_uri of this machine. Give others as its redirectUris option.";
    return world.desk.say({ title: "The redirect_uri does not fit", text }, 400);
  }
  // The error goes to the registered URL, never to the one asked for.
  // https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
  const description =
    "The redirect_uri MUST match the registered callback URL for this application.";
  return fail(world, registered, parameters, "redirect_uri_mismatch", description);
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
  world: GitHubWorld,
  redirectUri: string,
  parameters: WireParameters,
): Promise<Response> {
  const asked = delimitedList(parameters["scope"], /[\s,]+/);
  const user = findGitHubUser(world.users, parameters["login"]) ?? world.users[0];
  const question = consentQuestion(world, normalisedScopes(asked), user);
  return world.desk.ask({ ...question, redirectUri }, ({ allowed, userId }) => {
    const chosen = findGitHubUser(world.users, userId);
    if (!allowed || chosen === undefined) {
      const description = "The user has denied your application access.";
      return fail(world, redirectUri, parameters, "access_denied", description);
    }
    return redirectTo(
      withQuery(redirectUri, {
        code: issueCode(world, chosen, asked, redirectUri, parameters),
        iss: callbackIssuer(world),
        state: parameters["state"],
      }),
    );
  });
}

function issueCode(
  world: GitHubWorld,
  user: GitHubUser,
  asked: readonly string[],
  redirectUri: string,
  parameters: WireParameters,
): string {
  const code = randomFrom("0123456789abcdef", 20);
  const challenge = world.switches.enterpriseServer ? undefined : parameters["code_challenge"];
  world.codes.keep(code, {
    user,
    scopes: grantScopes(world, user, asked),
    redirectUri,
    proofKey: challenge === undefined ? undefined : { challenge, method: "S256" },
    offlineAccess: asked.includes(OFFLINE_ACCESS),
  });
  return code;
}

/** Notes what a user grants and returns the scopes of the token. */
export function grantScopes(
  world: GitHubWorld,
  user: GitHubUser,
  asked: readonly string[],
): readonly string[] {
  // A GitHub App has permissions, not scopes.
  if (world.switches.appType === "github-app") return [];
  const earlier = world.grants.get(user.id) ?? [];
  const scopes = normalisedScopes(asked);
  // No scope asked: what the user has authorized before is granted again.
  if (scopes.length === 0) return earlier;
  // That a grant never shrinks by asking for less is from memory.
  world.grants.set(user.id, normalisedScopes([...earlier, ...scopes]));
  return scopes;
}

function fail(
  world: GitHubWorld,
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
      iss: callbackIssuer(world),
      state: parameters["state"],
    }),
  );
}

function callbackIssuer({ switches, endpoints }: GitHubWorld): string | undefined {
  if (switches.iss === "wrong") return "https://issuer.invalid";
  return switches.iss ? endpoints.issuer : undefined;
}
