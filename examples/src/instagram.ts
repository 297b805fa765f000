import { defineProvider } from "@grantkit/core";

/**
 * Instagram's API with Instagram Login. It reads the token from the query only. A redirect to another origin does not
 * carry the token. Core refuses a URL that already has an `access_token`, so that no request has two, unless the request
 * sets `withholdToken: true`.
 *
 * A token of 60 days is exchanged for a newer one before it expires; there are no refresh tokens.
 *
 * @see https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
 */
export const instagram = defineProvider({
  name: "instagram",
  endpoints: {
    authorization: "https://www.instagram.com/oauth/authorize",
    token: "https://api.instagram.com/oauth/access_token",
    userInfo: "/me?fields=user_id,username",
  },
  api: { baseUrl: "https://graph.instagram.com" },
  tokenPlacement: "query",
  renew: {
    endpoint: "/refresh_access_token",
    method: "GET",
    grantType: "ig_refresh_token",
    tokenParameter: "access_token",
  },
  scopeDelimiter: ",",
  defaultScope: ["instagram_business_basic"],
  profile: { id: "user_id", username: "username" },
});
