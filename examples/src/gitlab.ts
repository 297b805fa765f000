import { defineProvider, type Provider } from "@grantkit/core";

/** Options of {@link gitlab}. */
export interface GitLabOptions {
  /**
   * Base URL of the GitLab server.
   *
   * @defaultValue `"https://gitlab.com"`
   */
  readonly url?: string;
}

/**
 * GitLab: standard OpenID Connect. With `issuer` and `jwks`, core verifies ID tokens and
 * reads the profile from the standard claims.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a URL that is not https.
 * @see https://docs.gitlab.com/integration/openid_connect_provider/
 */
export function gitlab({ url = "https://gitlab.com" }: GitLabOptions = {}): Provider {
  return defineProvider({
    name: "gitlab",
    issuer: url,
    endpoints: {
      authorization: `${url}/oauth/authorize`,
      token: `${url}/oauth/token`,
      userInfo: `${url}/oauth/userinfo`,
      jwks: `${url}/oauth/discovery/keys`,
      revocation: `${url}/oauth/revoke`,
    },
    api: { baseUrl: `${url}/api/v4` },
    defaultScope: ["openid", "profile", "email"],
  });
}
