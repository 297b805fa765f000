import { defineProvider, type Provider } from "@grantkit/core";

/**
 * Microsoft Entra ID, for the accounts of one tenant or of all (`common`). ID tokens name the user's own tenant in `iss`, so
 * the issuer of `common` is a template. Entra cannot revoke the tokens of one app: `session.revoke()` forgets them.
 *
 * With `common` everybody who has a Microsoft account can sign in: check `token.claims.tid` before you let a user in, and
 * never identify users by their e-mail address, which is not verified.
 *
 * An app should use `@grantkit/provider-microsoft`, which has more than sign-in; this shows that data alone is enough for it.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a tenant that is not part of a URL.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function entra(tenant = "common"): Provider {
  const host = "https://login.microsoftonline.com";
  return defineProvider({
    name: "entra",
    issuer: tenant === "common" ? { template: `${host}/{tid}/v2.0` } : `${host}/${tenant}/v2.0`,
    endpoints: {
      authorization: `${host}/${tenant}/oauth2/v2.0/authorize`,
      token: `${host}/${tenant}/oauth2/v2.0/token`,
      jwks: `${host}/${tenant}/discovery/v2.0/keys`,
      userInfo: "https://graph.microsoft.com/oidc/userinfo",
    },
    api: { baseUrl: "https://graph.microsoft.com/v1.0" },
    defaultScope: ["openid", "profile", "email", "offline_access"],
  });
}
