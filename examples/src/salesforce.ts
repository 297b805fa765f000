import { defineProvider, type Provider } from "@grantkit/core";

/**
 * Salesforce. The API is at the organization's own host, which the token response names. Tokens have no lifetime: a 401
 * makes a session refresh. With "Rotate refresh tokens" or without, nothing else changes.
 *
 * @param domain - `login.salesforce.com`, `test.salesforce.com` for sandboxes, or the organization's own host.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a domain that is not part of a URL.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
 */
export function salesforce(domain = "login.salesforce.com"): Provider {
  return defineProvider({
    name: "salesforce",
    issuer: `https://${domain}`,
    endpoints: {
      authorization: `https://${domain}/services/oauth2/authorize`,
      token: `https://${domain}/services/oauth2/token`,
      revocation: `https://${domain}/services/oauth2/revoke`,
      userInfo: `https://${domain}/services/oauth2/userinfo`,
      jwks: `https://${domain}/id/keys`,
    },
    api: {
      baseUrl: { tokenField: "instance_url", path: "/services/data/v62.0" },
      origins: ["https://*.my.salesforce.com", "https://*.sandbox.my.salesforce.com"],
    },
    defaultScope: ["openid", "profile", "email", "api", "refresh_token"],
  });
}
