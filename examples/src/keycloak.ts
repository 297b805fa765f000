import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";

/**
 * Keycloak, by discovery.
 *
 * @param realm - The realm's URL, for example `https://sso.example.com/realms/acme`. A server inside a cluster without
 * https needs `allowInsecureHttp: ["http://keycloak:8080"]` in `provider`.
 * @see https://www.keycloak.org/securing-apps/oidc-layers
 */
export function keycloak(realm: string, options: OAuth2ClientOptions): Promise<OAuth2Client> {
  return OAuth2Client.discover(realm, {
    ...options,
    provider: { name: "keycloak", defaultScope: ["openid", "profile", "email"] },
  });
}
