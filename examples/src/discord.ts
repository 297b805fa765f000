import { defineProvider } from "@grantkit/core";

/**
 * Discord: standard OAuth 2.0. Its user info has names of its own, so `profile` maps the fields.
 *
 * @see https://discord.com/developers/docs/topics/oauth2
 */
export const discord = defineProvider({
  name: "discord",
  endpoints: {
    authorization: "https://discord.com/oauth2/authorize",
    token: "https://discord.com/api/oauth2/token",
    userInfo: "/users/@me",
    revocation: "https://discord.com/api/oauth2/token/revoke",
  },
  api: { baseUrl: "https://discord.com/api/v10" },
  defaultScope: ["identify", "email"],
  profile: {
    id: "id",
    username: "username",
    name: "global_name",
    email: "email",
    emailVerified: "verified",
    locale: "locale",
  },
});
