import { defineProvider } from "@grantkit/core";
import { textField } from "./text-field.ts";

/**
 * Instagram's API with Instagram Login. Strange: it reads the token from the query only. That is a placement and needs
 * no hook; redirects to another origin do not take the token along. A URL with an `access_token` of the caller's own is
 * refused unless the request says `withholdToken: true`, so that no request has two.
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
  scopeDelimiter: ",",
  defaultScope: ["instagram_business_basic"],
  profile: (raw) => ({
    id: textField(raw, "user_id") ?? "",
    username: textField(raw, "username"),
    raw,
  }),
});
