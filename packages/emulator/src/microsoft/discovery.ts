import { jsonReply } from "../oauth/responses.ts";
import { entraError } from "./errors.ts";
import { CONSUMERS, microsoftEndpoints } from "./endpoints.ts";
import { federatedIssuer } from "./client-authentication.ts";
import type { MicrosoftServer } from "./server.ts";
import { EXTERNAL_TENANT, isTenantOf } from "./users.ts";

/** Serves the discovery document and the key set of every tenant, and the list of hosts that MSAL asks for. */
export function serveDiscovery(server: MicrosoftServer): void {
  const { app, origin, federatedKeys } = server;
  app.get("/:tenant/v2.0/.well-known/openid-configuration", (c) => {
    const tenant = c.req.param("tenant");
    return tenant === EXTERNAL_TENANT || server.users.some((user) => isTenantOf(tenant, user))
      ? jsonReply(discoveryDocument(origin, tenant))
      : entraError(
          { error: "invalid_tenant", code: 90002, text: `Tenant '${tenant}' not found.` },
          server.now(),
        );
  });
  app.get("/:tenant/discovery/v2.0/keys", async (c) =>
    jsonReply(await publishedKeys(server, c.req.param("tenant")), 200, {
      "cache-control": "max-age=86400, private",
    }),
  );
  app.get("/common/discovery/instance", (c) => {
    const host = new URL(origin).host;
    const alias = { preferred_network: host, preferred_cache: host, aliases: [host] };
    const known = {
      preferred_network: "login.microsoftonline.com",
      preferred_cache: "login.windows.net",
      aliases: ["login.microsoftonline.com", "login.windows.net"],
    };
    return jsonReply({
      tenant_discovery_endpoint: `${c.req.query("authorization_endpoint")?.replace(/\/oauth2\/v2\.0\/authorize$/, "")}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [known, alias],
    });
  });
  const issuer = federatedIssuer(server);
  app.get("/federated/.well-known/openid-configuration", () =>
    jsonReply({ issuer, jwks_uri: `${issuer}/keys` }),
  );
  app.get("/federated/keys", async () => jsonReply(await federatedKeys.jwks()));
}

function discoveryDocument(origin: string, tenant: string): object {
  const endpoints = microsoftEndpoints(origin, tenant);
  return {
    issuer: endpoints.issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    device_authorization_endpoint: endpoints.deviceAuthorization,
    end_session_endpoint: endpoints.endSession,
    userinfo_endpoint: endpoints.userInfo,
    jwks_uri: endpoints.jwks,
    ...CAPABILITIES,
  };
}

// https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration
const CAPABILITIES = {
  token_endpoint_auth_methods_supported: [
    "client_secret_post",
    "private_key_jwt",
    "client_secret_basic",
  ],
  response_modes_supported: ["query", "fragment", "form_post"],
  subject_types_supported: ["pairwise"],
  id_token_signing_alg_values_supported: ["RS256"],
  response_types_supported: ["code", "id_token", "code id_token"],
  scopes_supported: ["openid", "profile", "email", "offline_access"],
  request_uri_parameter_supported: false,
  http_logout_supported: true,
  frontchannel_logout_supported: true,
  claims_supported: [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nonce",
    "preferred_username",
    "name",
    "tid",
    "ver",
    "at_hash",
    "email",
  ],
  tenant_region_scope: null,
  cloud_instance_name: "microsoftonline.com",
  msgraph_host: "graph.microsoft.com",
};

// Each key names the issuer that it is for; clients of several tenants have to compare it.
// https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signing-key-issuer
async function publishedKeys(server: MicrosoftServer, tenant: string): Promise<object> {
  const { origin, keys, consumerKeys } = server;
  const ofOrganizations = (await keys.jwks()).keys.map((key) => ({
    ...key,
    issuer: `${origin}/{tenantid}/v2.0`,
  }));
  const ofConsumers = (await consumerKeys.jwks()).keys.map((key) => ({
    ...key,
    issuer: `${origin}/${CONSUMERS}/v2.0`,
  }));
  if (tenant === "consumers" || tenant === CONSUMERS) return { keys: ofConsumers };
  return { keys: [...ofOrganizations, ...ofConsumers] };
}
