import {
  type AuthorizationRequestHookValue,
  defineProvider,
  type Hook,
  type Provider,
  type TokenRequestHookValue,
} from "@grantkit/core";
import { profileFrom } from "./fields.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const keyed: Hook<TokenRequestHookValue> = (r) => ({
  ...r,
  headers: { ...r.headers, ...FORM },
  body: { ...r.body, client_key: r.body["client_id"] ?? "" },
});
const withKey: Hook<AuthorizationRequestHookValue> = (r) => ({
  ...r,
  parameters: { ...r.parameters, client_key: r.parameters["client_id"] ?? "" },
});

/**
 * TikTok's Login Kit. The client's ID is called `client_key`. Desktop and mobile apps send the PKCE challenge in
 * hexadecimal; web apps send none. The token endpoint takes no charset in the content type (from memory).
 *
 * @see https://developers.tiktok.com/doc/login-kit-web
 * @see https://developers.tiktok.com/doc/login-kit-desktop
 * @see https://developers.tiktok.com/doc/oauth-user-access-token-management
 */
export function tiktok(kind: "web" | "desktop" = "web"): Provider {
  return defineProvider({
    name: "tiktok",
    endpoints: {
      authorization: "https://www.tiktok.com/v2/auth/authorize/",
      token: "https://open.tiktokapis.com/v2/oauth/token/",
      userInfo: "/user/info/?fields=open_id,display_name,avatar_url",
    },
    api: { baseUrl: "https://open.tiktokapis.com/v2" },
    pkce: kind === "desktop" ? "sha256-hex" : false,
    scopeDelimiter: ",",
    defaultScope: ["user.info.basic"],
    hooks: { authorizationRequest: withKey, tokenRequest: keyed, refreshRequest: keyed },
    profile: profileFrom({ id: "data.user.open_id", name: "data.user.display_name" }),
    revoke: (api, token) =>
      api.withClient({
        method: "POST",
        url: "/oauth/revoke/",
        form: { token: token.accessToken },
        credentials: { id: "client_key", secret: "client_secret" },
      }),
  });
}
