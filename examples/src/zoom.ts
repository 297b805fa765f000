import { defineProvider } from "@grantkit/core";

/**
 * Zoom. The scopes are those of the app's settings, so a request names none.
 *
 * @see https://developers.zoom.us/docs/integrations/oauth/
 */
export const zoom = defineProvider({
  name: "zoom",
  endpoints: {
    authorization: "https://zoom.us/oauth/authorize",
    token: "https://zoom.us/oauth/token",
    revocation: "https://zoom.us/oauth/revoke",
    userInfo: "/users/me",
  },
  api: { baseUrl: "https://api.zoom.us/v2" },
  clientAuthentication: "basic",
  profile: { id: "id", name: "display_name", email: "email", picture: "pic_url" },
});
