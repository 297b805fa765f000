import { defineProvider } from "@grantkit/core";

/**
 * Spotify: standard OAuth 2.0, with HTTP Basic for the client. Its documentation says that e-mail addresses are
 * not verified, but the user info does not, so the profile has no `emailVerified`.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-flow
 */
export const spotify = defineProvider({
  name: "spotify",
  endpoints: {
    authorization: "https://accounts.spotify.com/authorize",
    token: "https://accounts.spotify.com/api/token",
    userInfo: "/me",
  },
  api: { baseUrl: "https://api.spotify.com/v1" },
  clientAuthentication: "basic",
  defaultScope: ["user-read-private", "user-read-email"],
  profile: { id: "id", name: "display_name", email: "email" },
});
