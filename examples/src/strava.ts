import { defineProvider } from "@grantkit/core";

/**
 * Strava. Users can untick scopes, and only the callback tells which ones they granted. Disconnecting is a request with the
 * user's token. Strava ignores PKCE.
 *
 * @see https://developers.strava.com/docs/authentication/
 */
export const strava = defineProvider({
  name: "strava",
  endpoints: {
    authorization: "https://www.strava.com/oauth/authorize",
    token: "https://www.strava.com/api/v3/oauth/token",
    userInfo: "/athlete",
  },
  api: { baseUrl: "https://www.strava.com/api/v3" },
  scopeDelimiter: ",",
  defaultScope: ["read"],
  callbackParameters: ["scope"],
  errorAliases: { AuthorizationCode: "invalid_grant", RefreshToken: "invalid_grant" },
  readError: { error: "errors.0.resource" },
  profile: { id: "id", username: "username", picture: "profile" },
  revoke: (api) =>
    api.withToken({ method: "POST", url: "https://www.strava.com/oauth/deauthorize" }),
});
