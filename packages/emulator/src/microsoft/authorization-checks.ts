import { isLoopbackUrl } from "../server/loopback-server.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { unknownClient } from "./client-authentication.ts";
import { CONSUMERS } from "./endpoints.ts";
import type { EntraError } from "./errors.ts";
import type { MicrosoftServer } from "./server.ts";
import { accountAt, EXTERNAL_TENANT, HOME_TENANT, isTenantOf } from "./users.ts";
import type { MicrosoftUser } from "./users.ts";

/** An authorization request at the endpoint of a tenant. */
export interface AuthorizationRequest {
  readonly tenant: string;
  readonly parameters: WireParameters;
}

/** Returns the problem of a request that gets a page instead of a redirect, if any. */
export function pageProblem(
  server: MicrosoftServer,
  { tenant, parameters }: AuthorizationRequest,
): EntraError | undefined {
  const { client_id: clientId = "", redirect_uri: redirectUri } = parameters;
  const error = "invalid_request";
  if (clientId !== server.clientId) return unknownClient(clientId);
  if (redirectUri === undefined || !isRegistered(server, redirectUri)) {
    const text =
      "The redirect URI specified in the request does not match the redirect URIs configured for the application.";
    return { error, code: 50011, text };
  }
  if (tenant === "common" && server.switches.signInAudience === "home-tenant") {
    const text =
      "The application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.";
    return { error, code: 50194, text };
  }
  return allowedUsers(server, tenant).length === 0
    ? { error, code: 90002, text: `Tenant '${tenant}' not found.` }
    : undefined;
}

/** Whether a redirect URI is one of the application. */
export function isRegistered({ redirectUris }: MicrosoftServer, uri: string): boolean {
  if (redirectUris === undefined) return isLoopbackUrl(uri);
  return redirectUris.some((registered) => withoutPort(registered) === withoutPort(uri));
}

// The port of http://localhost does not count.
// https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions
function withoutPort(url: string): string {
  return url.replace(/^(http:\/\/localhost):\d+/, "$1");
}

/** Returns the users who may sign in at the endpoints of a tenant. */
export function allowedUsers(
  { users, switches }: MicrosoftServer,
  tenant: string,
): readonly MicrosoftUser[] {
  if (tenant === EXTERNAL_TENANT) return users.map((user) => accountAt(tenant, user));
  const { signInAudience: audience } = switches;
  return users.filter(
    (user) =>
      isTenantOf(tenant, user) &&
      (audience !== "organizations" || user.tid !== CONSUMERS) &&
      (audience !== "consumers" || user.tid === CONSUMERS) &&
      (audience !== "home-tenant" || user.tid === HOME_TENANT),
  );
}

/** Returns the problem of a request that is redirected to the application, if any. */
export function parameterProblem(parameters: WireParameters): EntraError | undefined {
  const error = "invalid_request";
  const missing = ["response_type", "scope"].find((name) => parameters[name] === undefined);
  if (missing !== undefined) {
    const text = `The request body must contain the following parameter: '${missing}'.`;
    return { error, code: 900144, text };
  }
  const types = delimitedList(parameters["response_type"]);
  if (!types.every((type) => type === "code" || type === "id_token")) {
    return {
      error: "unsupported_response_type",
      code: 700054,
      text: "The response_type is not enabled for the application.",
    };
  }
  if (types.includes("id_token") && parameters["nonce"] === undefined) {
    return {
      error,
      code: 900144,
      text: "The request body must contain the following parameter: 'nonce'.",
    };
  }
  const { response_mode: mode } = parameters;
  if (mode !== undefined && !modesFor(types).includes(mode)) {
    const text = `'${mode}' is not a supported value of 'response_mode' when requesting a token.`;
    return { error, code: 70007, text };
  }
  return delimitedList(parameters["prompt"]).some((prompt) => !PROMPTS.has(prompt))
    ? { error, code: 90023, text: "Invalid value for the parameter 'prompt'." }
    : undefined;
}

// An ID token must not be in a query.
function modesFor(types: readonly string[]): readonly string[] {
  return types.includes("id_token")
    ? ["fragment", "form_post"]
    : ["query", "fragment", "form_post"];
}

const PROMPTS: ReadonlySet<string> = new Set([
  "login",
  "none",
  "consent",
  "select_account",
  "create",
]);
