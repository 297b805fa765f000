import type { ProviderFacts } from "./server/facts.ts";
import { openIdServer } from "./server/openid-server.ts";

/**
 * The realm `acme` of a Keycloak server. Every grant gets a refresh token, whose lifetime is `refresh_expires_in`; it
 * ends at the first use, with "Revoke refresh token" on.
 *
 * @see https://www.keycloak.org/securing-apps/oidc-layers
 */
export const keycloakFacts: ProviderFacts = openIdServer(
  {
    issuer: "https://sso.example.com/realms/acme",
    paths: {
      authorization: "/protocol/openid-connect/auth",
      token: "/protocol/openid-connect/token",
      revocation: "/protocol/openid-connect/revoke",
      jwks: "/protocol/openid-connect/certs",
      userInfo: "/protocol/openid-connect/userinfo",
      endSession: "/protocol/openid-connect/logout",
    },
  },
  {
    lifetime: 300,
    refreshable: () => true,
    tokenFields: () => ({ refresh_expires_in: 1800, "not-before-policy": 0, session_state: "0" }),
  },
);
