import type { Hono } from "hono";
import type { ConsentQuestion } from "../consent/consent-page.ts";
import { proofKeyIn } from "../oauth/authorization-codes.ts";
import { randomBase64Url } from "../oauth/random-text.ts";
import { callbackIssuer, redirectTo, withFragment, withQuery } from "../oauth/responses.ts";
import { isLoopbackUrl } from "../server/loopback-server.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import type { FacebookLoginConfiguration } from "./options.ts";
import { isDeclinable, permissionMeaning } from "./permissions.ts";
import type { FacebookServer } from "./server.ts";
import { loginToken } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";

/** Serves the login dialog. */
export function serveDialog(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  const ask = server.desk.page<WireParameters>((parameters, { allowed, userId, scopes }) => {
    const user = server.findUser(userId);
    if (!allowed || user === undefined) return cancelReply(server, parameters);
    const declined = declinedBefore(server, user, parameters);
    const granted = scopes.filter((name) => !declined.includes(name));
    server.permissions.decide(user.id, requestedPermissions(server, parameters), granted);
    return dialogReply(server, parameters, user);
  });
  // The discovery document has the path with a trailing slash, the guides without.
  graph.on("GET", ["/dialog/oauth", "/dialog/oauth/"], (c) => {
    const parameters = queryParameters(c);
    const problem = requestProblem(server, parameters);
    if (problem !== undefined) return server.desk.say(problem);
    const question = consentQuestion(server, requestedPermissions(server, parameters));
    return ask({ ...question, redirectUri: parameters["redirect_uri"] ?? "" }, parameters);
  });
}

// Facebook shows a page for all of these problems, and does not redirect.
function requestProblem(
  server: FacebookServer,
  parameters: WireParameters,
): { title: string; text: string; detail?: string } | undefined {
  const { redirect_uri: redirectUri, config_id: configId } = parameters;
  if (parameters["client_id"] !== server.clientId) {
    const text = "The client_id is not a valid app ID.";
    return { title: "Invalid app ID", text, detail: "code 101" };
  }
  if (redirectUri === undefined || !isRegistered(server, redirectUri)) {
    const text =
      "The redirect failed because its URI is not on the list of the app's valid OAuth redirect URIs.";
    return { title: "URL blocked", text, detail: "code 191" };
  }
  if (configId !== undefined && server.switches.loginConfigurations[configId] === undefined) {
    const text = "There is no login configuration with this config_id.";
    return { title: "Something went wrong", text, detail: `config_id ${configId}` };
  }
  return undefined;
}

// Strict Mode: an exact match, including the query, except for state.
// https://developers.facebook.com/documentation/facebook-login/security
function isRegistered({ redirectUris }: FacebookServer, uri: string): boolean {
  if (redirectUris === undefined) return isLoopbackUrl(uri);
  return URL.canParse(uri) && redirectUris.some((registered) => registered === withoutState(uri));
}

function withoutState(uri: string): string {
  const url = new URL(uri);
  if (!url.searchParams.has("state")) return uri;
  url.searchParams.delete("state");
  return url.href;
}

function requestedPermissions(
  server: FacebookServer,
  parameters: WireParameters,
): readonly string[] {
  const { config_id: configId, scope } = parameters;
  // A login configuration replaces the scope.
  const configured = loginConfiguration(server, configId)?.permissions;
  return [...new Set(["public_profile", ...(configured ?? delimitedList(scope, /[\s,]+/))])];
}

function loginConfiguration(
  { switches }: FacebookServer,
  configId: string | undefined,
): FacebookLoginConfiguration | undefined {
  const configured = switches.loginConfigurations[configId ?? ""];
  return configured === undefined || "permissions" in configured
    ? configured
    : { permissions: configured };
}

// A declined permission is not requested again, unless auth_type is rerequest.
// https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow#reaskperms
function declinedBefore(
  server: FacebookServer,
  user: FacebookUser,
  parameters: WireParameters,
): readonly string[] {
  if (delimitedList(parameters["auth_type"], /,/).includes("rerequest")) return [];
  return server.permissions.withStatus(user.id, "declined");
}

/** Makes the content of Facebook's consent page. */
export function consentQuestion(
  server: FacebookServer,
  requested: readonly string[],
): ConsentQuestion {
  return {
    application: server.applicationName,
    people: server.users.map((user) => ({
      id: user.id,
      name: user.name,
      detail: user.email ?? "no e-mail address",
      picture: user.picture ?? "",
    })),
    selected: server.users[0]?.id ?? "",
    scopes: requested.map((name) => ({
      name,
      meaning: permissionMeaning(name),
      optional: isDeclinable(name),
    })),
    remark: "What you declined before stays declined, unless the application asks for it again.",
  };
}

// Facebook appends this fragment to its redirects. Browsers keep it, servers never see it.
const EMPTY_FRAGMENT = "#_=_";

/** Redirects the browser back to the application with a code, a token or both, as requested. */
function dialogReply(
  server: FacebookServer,
  parameters: WireParameters,
  user: FacebookUser,
): Response {
  const types = delimitedList(parameters["response_type"] ?? "code");
  const redirectUri = parameters["redirect_uri"] ?? "";
  // granted_scopes alone asks for a code and the lists of permissions.
  const wantsToken = types.includes("token");
  const wantsCode = types.includes("code") || !wantsToken;
  const reply = {
    ...(wantsToken ? loginToken(server, user) : {}),
    code: wantsCode ? issueCode(server, parameters, user) : undefined,
    ...(types.includes("granted_scopes") ? scopeLists(server, user) : {}),
    iss: callbackIssuer(server),
    state: parameters["state"],
  };
  return redirectTo(
    wantsToken ? withFragment(redirectUri, reply) : withQuery(redirectUri, reply) + EMPTY_FRAGMENT,
  );
}

/** Redirects the browser back to the application after a denial. */
function cancelReply(server: FacebookServer, parameters: WireParameters): Response {
  const url = withQuery(parameters["redirect_uri"] ?? "", {
    error: "access_denied",
    error_code: "200",
    error_description: "Permissions error",
    error_reason: "user_denied",
    iss: callbackIssuer(server),
    state: parameters["state"],
  });
  return redirectTo(url + EMPTY_FRAGMENT);
}

function issueCode(server: FacebookServer, parameters: WireParameters, user: FacebookUser): string {
  const code = `AQ${randomBase64Url(180)}`;
  server.codes.add(code, {
    user,
    redirectUri: parameters["redirect_uri"] ?? "",
    proofKey: proofKeyIn(parameters),
    nonce: parameters["nonce"],
    systemUser: loginConfiguration(server, parameters["config_id"])?.systemUser,
    withIdToken: delimitedList(parameters["scope"], /[\s,]+/).includes("openid"),
    forClient: false,
  });
  return code;
}

function scopeLists(server: FacebookServer, user: FacebookUser): Record<string, string> {
  const list = (status: "granted" | "declined"): string =>
    server.permissions.withStatus(user.id, status).join(",");
  return { granted_scopes: list("granted"), denied_scopes: list("declined") };
}
