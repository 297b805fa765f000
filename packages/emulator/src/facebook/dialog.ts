import type { Hono } from "hono";
import type { ConsentQuestion } from "../consent/consent-page.ts";
import { isLoopbackUrl } from "../oauth/redirects.ts";
import { delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { cancelReply, dialogReply } from "./dialog-reply.ts";
import { isDeclinable, permissionMeaning } from "./permissions.ts";
import { findFacebookUser } from "./users.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookWorld } from "./world.ts";

/** Serves the login dialog. */
export function serveDialog(graph: Hono<EmulatorEnv>, world: FacebookWorld): void {
  // The discovery document names it with a slash, every guide without.
  graph.on("GET", ["/dialog/oauth", "/dialog/oauth/"], (c) => {
    const parameters = queryParameters(c);
    const problem = requestProblem(world, parameters);
    if (problem !== undefined) return world.desk.say(problem);
    return askForConsent(world, parameters);
  });
}

// Facebook shows its own page for each of these and redirects nowhere.
function requestProblem(
  world: FacebookWorld,
  parameters: WireParameters,
): { title: string; text: string; detail?: string } | undefined {
  const { redirect_uri: redirectUri, config_id: configId } = parameters;
  if (parameters["client_id"] !== world.clientId) {
    const text = "The client_id is not a valid app ID.";
    return { title: "Invalid app ID", text, detail: "code 101" };
  }
  if (redirectUri === undefined || !isRegistered(world, redirectUri)) {
    const text =
      "The redirect failed because its URI is not on the list of the app's valid OAuth redirect URIs.";
    return { title: "URL blocked", text, detail: "code 191" };
  }
  if (configId !== undefined && world.switches.loginConfigurations[configId] === undefined) {
    const text = "There is no login configuration with this config_id.";
    return { title: "Something went wrong", text, detail: `config_id ${configId}` };
  }
  return undefined;
}

// Strict Mode: exact, with the query, but for state.
// https://developers.facebook.com/documentation/facebook-login/security
function isRegistered({ redirectUris }: FacebookWorld, uri: string): boolean {
  if (redirectUris === undefined) return isLoopbackUrl(uri);
  return URL.canParse(uri) && redirectUris.some((registered) => registered === withoutState(uri));
}

function withoutState(uri: string): string {
  const url = new URL(uri);
  if (!url.searchParams.has("state")) return uri;
  url.searchParams.delete("state");
  return url.href;
}

function askForConsent(world: FacebookWorld, parameters: WireParameters): Promise<Response> {
  const asked = askedPermissions(world, parameters);
  const declined = (user: FacebookUser): string[] => declinedBefore(world, user, parameters);
  const redirectUri = parameters["redirect_uri"] ?? "";
  const question = { ...consentQuestion(world, asked), redirectUri };
  return world.desk.ask(question, ({ allowed, userId, scopes }) => {
    const user = findFacebookUser(world.users, userId);
    if (!allowed || user === undefined) return cancelReply(world, parameters);
    const granted = scopes.filter((name) => !declined(user).includes(name));
    world.permissions.set(user.id, granted, "granted");
    const refused = asked.filter((name) => !granted.includes(name));
    world.permissions.set(user.id, refused, "declined");
    return dialogReply(world, parameters, user);
  });
}

function askedPermissions(world: FacebookWorld, parameters: WireParameters): readonly string[] {
  const { config_id: configId, scope } = parameters;
  // A login configuration takes the place of the scope.
  const configured = world.switches.loginConfigurations[configId ?? ""];
  return [...new Set(["public_profile", ...(configured ?? delimitedList(scope, /[\s,]+/))])];
}

// A declined permission is not asked for again, unless the application insists.
// https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow#reaskperms
function declinedBefore(
  world: FacebookWorld,
  user: FacebookUser,
  parameters: WireParameters,
): string[] {
  if (delimitedList(parameters["auth_type"], /,/).includes("rerequest")) return [];
  return world.permissions
    .of(user.id)
    .filter(([, status]) => status === "declined")
    .map(([permission]) => permission);
}

/** What Facebook's consent page asks. All but the public profile can be declined. */
export function consentQuestion(world: FacebookWorld, asked: readonly string[]): ConsentQuestion {
  return {
    application: world.applicationName,
    people: world.users.map((user) => ({
      id: user.id,
      name: user.name,
      detail: user.email ?? "no e-mail address",
      picture: user.picture ?? "",
    })),
    selected: world.users[0]?.id ?? "",
    scopes: asked.map((name) => ({
      name,
      meaning: permissionMeaning(name),
      optional: isDeclinable(name),
    })),
    remark: "What you declined before stays declined, unless the application asks for it again.",
  };
}
