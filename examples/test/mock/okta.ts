import type { ProviderFacts } from "./server/facts.ts";
import { openIdServer } from "./server/openid-server.ts";

/**
 * Okta's authorization server `default`. A refresh token needs the scope `offline_access`; a PKCE challenge that is not
 * S256 is refused.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/
 * @see https://developer.okta.com/docs/guides/refresh-tokens/main/
 */
export const oktaFacts: ProviderFacts = openIdServer(
  {
    issuer: "https://acme.okta.com/oauth2/default",
    paths: {
      authorization: "/v1/authorize",
      token: "/v1/token",
      revocation: "/v1/revoke",
      jwks: "/v1/keys",
      userInfo: "/v1/userinfo",
      endSession: "/v1/logout",
    },
  },
  {
    lifetime: 3600,
    refreshable: ({ grant }) => grant.scope.includes("offline_access"),
    refuseAuthorization: ({ state }) =>
      state === undefined
        ? { error: "invalid_request", description: "The state parameter is required" }
        : undefined,
  },
);
