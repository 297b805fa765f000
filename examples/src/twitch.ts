import { defineProvider } from "@grantkit/core";

/**
 * Twitch. Its API wants the client's ID beside the token. Errors are `{ status, message }`, without a code. The revocation
 * endpoint takes access tokens only, and answers others with "Invalid token". Twitch ignores PKCE.
 *
 * @see https://dev.twitch.tv/docs/authentication/getting-tokens-oidc
 * @see https://dev.twitch.tv/docs/authentication/revoke-tokens
 */
export const twitch = defineProvider({
  name: "twitch",
  issuer: "https://id.twitch.tv/oauth2",
  endpoints: {
    authorization: "https://id.twitch.tv/oauth2/authorize",
    token: "https://id.twitch.tv/oauth2/token",
    jwks: "https://id.twitch.tv/oauth2/keys",
    revocation: "https://id.twitch.tv/oauth2/revoke",
  },
  api: { baseUrl: "https://api.twitch.tv/helix", headers: (c) => ({ "Client-Id": c.clientId }) },
  defaultScope: ["openid", "user:read:email"],
  errorAliases: { "Invalid refresh token": "invalid_grant", "Invalid token": "invalid_token" },
  readError: { error: "message" },
  userInfo: (api) => api.get("/users"),
  profile: { id: "data.0.id", username: "data.0.login", email: "data.0.email" },
});
