import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";

/**
 * Okta, by discovery. A refresh token needs the scope `offline_access`.
 *
 * @param issuer - For example `https://acme.okta.com/oauth2/default`; without a path for the organization's own server.
 * @see https://developer.okta.com/docs/concepts/auth-servers/
 */
export function okta(issuer: string, options: OAuth2ClientOptions): Promise<OAuth2Client> {
  return OAuth2Client.discover(issuer, {
    ...options,
    provider: { name: "okta", defaultScope: ["openid", "profile", "email", "offline_access"] },
  });
}
