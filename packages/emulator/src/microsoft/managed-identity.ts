import { jsonReply } from "../oauth/responses.ts";
import { queryParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { MicrosoftServer } from "./server.ts";
import { issueAccess } from "./token-reply.ts";
import { HOME_TENANT } from "./users.ts";

/** The `X-IDENTITY-HEADER` of App Service. */
export const IDENTITY_HEADER = "emulator-identity-header";

const IDENTITY_ID = "55555555-eeee-4eee-8eee-555555555555";

/**
 * Serves the managed identity endpoints of virtual machines (IMDS) and of App Service, which send numbers as strings.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity
 */
export function serveManagedIdentity(server: MicrosoftServer): void {
  server.app.get("/metadata/identity/oauth2/token", (c) =>
    c.req.header("metadata") === "true"
      ? issue(server, c, "2018-02-01")
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
  const { resource, "api-version": given, client_id: id = IDENTITY_ID } = queryParameters(c);
  if (given === undefined || given < version)
    return refuse("Required query variable 'api-version' is missing or too old");
  if (resource === undefined) return refuse("Required query variable 'resource' is missing");
  // From memory: an identity that is not assigned.
  if (id !== IDENTITY_ID) return refuse("Identity not found");
  const scopes = [`${resource.replace(/\/$/, "")}/.default`];
  const token = await issueAccess(server, undefined, scopes, undefined, HOME_TENANT);
  const now = Math.floor(server.now() / 1000);
  const lifetime = server.switches.accessTokenLifetime;
  return jsonReply({
    access_token: token,
    client_id: IDENTITY_ID,
    expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    ext_expires_in: String(lifetime),
    not_before: String(now),
    resource,
    token_type: "Bearer",
  });
}

function refuse(description: string, status = 400): Response {
  return jsonReply({ error: "invalid_request", error_description: description }, status);
}
