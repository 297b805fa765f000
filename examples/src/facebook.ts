import { defineProvider, type TokenResponseHookValue } from "@grantkit/core";
import { textField } from "./text-field.ts";

/**
 * Facebook as it was before Graph API 2.3, and as some servers modeled on it still are. Strange: token responses are
 * forms under `text/plain`, and the lifetime is called `expires`. Core reads forms by whatever content type, so only
 * the name is left to mend. For Facebook itself there is `@grantkit/provider-facebook`.
 */
export const facebook = defineProvider({
  name: "facebook-forms",
  // From memory: without a version, which is how apps of that time called it.
  endpoints: {
    authorization: "https://www.facebook.com/dialog/oauth",
    token: "https://graph.facebook.com/oauth/access_token",
    userInfo: "/me",
  },
  api: { baseUrl: "https://graph.facebook.com" },
  scopeDelimiter: ",",
  profile: (raw) => ({ id: textField(raw, "id") ?? "", name: textField(raw, "name"), raw }),
  hooks: { tokenResponse: withExpiresIn },
});

function withExpiresIn(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  if (!response.headers["content-type"]?.startsWith("text/plain")) return undefined;
  const { expires, ...body } = response.body;
  return expires === undefined
    ? undefined
    : { ...response, body: { expires_in: expires, ...body } };
}
