import { jsonReply } from "../oauth/responses.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { B2C_TENANT_ID, B2C_TENANT_NAME, b2cEndpoints } from "./b2c-endpoints.ts";
import type { MicrosoftServer } from "./server.ts";

/** The beginning of the paths of a policy. The tenant has an id and a name. */
export const B2C_PATH: string = `/:tenant{${B2C_TENANT_ID}|${B2C_TENANT_NAME.replaceAll(".", "\\.")}}/:policy{[Bb]2[Cc]_1[Aa]?_\\w+}`;

/** Returns the policy in a path that begins with {@link B2C_PATH}. */
export function policyOf(c: EmulatorContext): string {
  return c.req.param("policy") ?? "";
}

/**
 * Serves the discovery document and the key set of every policy. There is no userinfo endpoint.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/openid-connect
 */
export function serveB2cDiscovery(server: MicrosoftServer): void {
  const { app, b2cKeys } = server;
  app.get(`${B2C_PATH}/v2.0/.well-known/openid-configuration`, (c) => {
    const endpoints = b2cEndpoints(server, policyOf(c), c.req.param("tenant"));
    return jsonReply({
      issuer: endpoints.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      end_session_endpoint: endpoints.endSession,
      jwks_uri: endpoints.jwks,
      ...CAPABILITIES,
    });
  });
  app.get(`${B2C_PATH}/discovery/v2.0/keys`, async () =>
    jsonReply(await b2cKeys.jwks(), 200, { "cache-control": "max-age=86400, private" }),
  );
}

const CAPABILITIES = {
  response_modes_supported: ["query", "fragment", "form_post"],
  response_types_supported: ["code", "code id_token", "id_token"],
  scopes_supported: ["openid"],
  subject_types_supported: ["pairwise"],
  id_token_signing_alg_values_supported: ["RS256"],
  token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
  claims_supported: [
    "oid",
    "name",
    "given_name",
    "family_name",
    "emails",
    "sub",
    "tfp",
    "iss",
    "iat",
    "exp",
    "aud",
    "acr",
    "nonce",
    "auth_time",
  ],
};
