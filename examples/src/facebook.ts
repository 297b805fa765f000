import { defineProvider, type TokenResponseHookValue } from "@grantkit/core";

/**
 * Facebook before Graph API 2.3, and servers modeled on it. Token responses are forms with the content type `text/plain`,
 * and the lifetime is called `expires`. Core reads forms of every content type, so the hook only renames the field. For
 * Facebook itself use `@grantkit/provider-facebook`.
 */
export const facebook = defineProvider({
  name: "facebook-forms",
  // From memory; at that time the URLs had no API version.
  endpoints: {
    authorization: "https://www.facebook.com/dialog/oauth",
    token: "https://graph.facebook.com/oauth/access_token",
    userInfo: "/me",
  },
  api: { baseUrl: "https://graph.facebook.com" },
  scopeDelimiter: ",",
  profile: { id: "id", name: "name" },
  hooks: { tokenResponse: withExpiresIn },
});

function withExpiresIn(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  if (!response.headers["content-type"]?.startsWith("text/plain")) return undefined;
  const { expires, ...body } = response.body;
  return expires === undefined
    ? undefined
    : { ...response, body: { expires_in: expires, ...body } };
}
