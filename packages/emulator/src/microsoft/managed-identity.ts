import { jsonReply } from "../oauth/responses.ts";
import { queryParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { MicrosoftServer } from "./server.ts";
import { issueAccess } from "./token-reply.ts";
import { HOME_TENANT } from "./users.ts";

/** The `X-IDENTITY-HEADER` of App Service. */
export const IDENTITY_HEADER = "emulator-identity-header";

/** The API version of virtual machines. */
const MACHINE = "2018-02-01";

const IDENTITY_ID = "55555555-eeee-4eee-8eee-555555555555";

/**
 * Serves the managed identity endpoints of virtual machines (IMDS) and of App Service, which send numbers as strings.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity
 * @see https://github.com/Azure/azure-rest-api-specs/blob/main/specification/imds (the parameter `bypass_cache`)
 */
export function serveManagedIdentity(server: MicrosoftServer): void {
  server.app.get("/metadata/identity/oauth2/token", (c) =>
    c.req.header("metadata") === "true"
      ? issue(server, c, MACHINE)
      : refuse("Required metadata header not specified"),
  );
  server.app.get("/msi/token", (c) =>
    c.req.header("x-identity-header") === IDENTITY_HEADER
      ? issue(server, c, "2019-08-01")
      : refuse("Invalid or missing X-IDENTITY-HEADER", 401),
  );
}

async function issue(
  server: MicrosoftServer,
  c: EmulatorContext,
  version: string,
): Promise<Response> {
  const parameters = queryParameters(c);
  const { resource, "api-version": given, client_id: id = IDENTITY_ID } = parameters;
  // App Service has no such parameter.
  const bypass = version === MACHINE ? parameters["bypass_cache"] : undefined;
  if (given === undefined || given < version)
    return refuse("Required query variable 'api-version' is missing or too old");
  if (resource === undefined) return refuse("Required query variable 'resource' is missing");
  // From memory: an identity that is not assigned.
  if (id !== IDENTITY_ID) return refuse("Identity not found");
  if (bypass !== undefined && bypass !== "true") return refuse("bypass_cache must be 'true'");
  const scopes = [`${resource.replace(/\/$/, "")}/.default`];
  const cached = server.identityTokens.get(resource);
  if (cached && server.switches.identityCache === "stale" && bypass !== "true") {
    return jsonReply(cached);
  }
  const token = await issueAccess(server, { scopes, tenant: HOME_TENANT, credential: "2" });
  const now = Math.floor(server.now() / 1000);
  const lifetime = server.switches.accessTokenLifetime;
  const reply = {
    access_token: token,
    client_id: IDENTITY_ID,
    expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    ext_expires_in: String(lifetime),
    not_before: String(now),
    resource,
    token_type: "Bearer",
  };
  server.identityTokens.set(resource, reply);
  return jsonReply(reply);
}

function refuse(description: string, status = 400): Response {
  return jsonReply({ error: "invalid_request", error_description: description }, status);
}
