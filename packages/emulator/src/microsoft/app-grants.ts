import { jsonReply } from "../oauth/responses.ts";
import { delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { entraError } from "./errors.ts";
import type { MicrosoftServer } from "./server.ts";
import { credentialOf, issueAccess, tokenReply } from "./token-reply.ts";

const SHARED_TENANTS: ReadonlySet<string> = new Set(["common", "organizations", "consumers"]);

/**
 * Answers the client credentials grant: a token of the application itself, for one API and one tenant.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function answerForApplication(
  server: MicrosoftServer,
  tenant: string,
  parameters: WireParameters,
): Promise<Response> {
  const { scope } = parameters;
  if (SHARED_TENANTS.has(tenant)) {
    const text =
      "No tenant-identifying information found in either the request or implied by any provided credentials.";
    return entraError({ error: "invalid_request", code: 50059, text }, server.now());
  }
  const scopes = delimitedList(scope);
  if (scopes.length !== 1 || scopes[0]?.endsWith("/.default") !== true) {
    const text = `The provided value for scope ${scope ?? ""} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
    return entraError({ error: "invalid_scope", code: 1002012, text }, server.now());
  }
  const accessToken = await issueAccess(server, {
    scopes,
    tenant,
    credential: credentialOf(server, parameters),
  });
  const lifetime = server.switches.accessTokenLifetime;
  return jsonReply({
    token_type: "Bearer",
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: accessToken,
  });
}

/**
 * Answers the on-behalf-of grant: a token for another API, for the user of the token that the application was called with.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
export function exchangeOnBehalf(
  server: MicrosoftServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const { requested_token_use: use, assertion, scope } = parameters;
  if (use !== "on_behalf_of") {
    const text = "The request body must contain the following parameter: 'requested_token_use'.";
    return entraError({ error: "invalid_request", code: 900144, text }, server.now());
  }
  const access = server.tokens.access(assertion);
  if (access?.user === undefined) {
    const text = "Assertion failed signature validation, or is not within its valid time range.";
    return entraError({ error: "invalid_grant", code: 50013, text }, server.now());
  }
  if (access.audience !== server.clientId) {
    const text = "Assertion audience does not match the Client app presenting the assertion.";
    return entraError({ error: "invalid_grant", code: 500131, text }, server.now());
  }
  const scopes = delimitedList(scope);
  return tokenReply(server, { user: access.user, scopes }, parameters);
}
