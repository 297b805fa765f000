import { defineProvider } from "@grantkit/core";

/**
 * X, with OAuth 2.0. Refresh tokens need the scope `offline.access` and work once; an invalid one is `invalid_request` (from
 * memory). The e-mail address needs the scope `users.email`.
 *
 * @see https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code
 */
export const x = defineProvider({
  name: "x",
  endpoints: {
    authorization: "https://x.com/i/oauth2/authorize",
    token: "https://api.x.com/2/oauth2/token",
    // From memory.
    revocation: "https://api.x.com/2/oauth2/revoke",
    userInfo: "/users/me?user.fields=profile_image_url,confirmed_email",
  },
  api: { baseUrl: "https://api.x.com/2" },
  clientAuthentication: "basic",
  defaultScope: ["users.read", "tweet.read", "users.email", "offline.access"],
  readError: ({ error_description: description }) =>
    description === "Value passed for the token was invalid."
      ? { error: "invalid_grant", errorDescription: description }
      : undefined,
  profile: { id: "data.id", username: "data.username", email: "data.confirmed_email" },
});
