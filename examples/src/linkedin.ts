import { defineProvider } from "@grantkit/core";

/**
 * LinkedIn. Its token endpoint refuses a code verifier, so there is no PKCE and the client secret alone protects a stolen
 * code. Its ID tokens have no nonce. There is no revocation endpoint: `session.revoke()` forgets the token. Scopes are
 * requested with spaces and granted with commas.
 *
 * @see https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
 */
export const linkedin = defineProvider({
  name: "linkedin",
  issuer: "https://www.linkedin.com/oauth",
  endpoints: {
    authorization: "https://www.linkedin.com/oauth/v2/authorization",
    token: "https://www.linkedin.com/oauth/v2/accessToken",
    jwks: "https://www.linkedin.com/oauth/openid/jwks",
    userInfo: "/userinfo",
  },
  api: { baseUrl: "https://api.linkedin.com/v2" },
  defaultScope: ["openid", "profile", "email"],
  pkce: false,
  idToken: { nonce: false },
  grantedScopeDelimiter: ",",
});
