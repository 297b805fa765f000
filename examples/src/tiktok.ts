import { defineProvider, type Provider } from "@grantkit/core";

/**
 * TikTok's Login Kit. The client's ID is called `client_key`. Desktop and mobile apps send the PKCE challenge in
 * hexadecimal; web apps send none. Access tokens alone can be revoked.
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
    clientParameters: { id: "client_key" },
    pkce: kind === "desktop" ? "sha256-hex" : false,
    scopeDelimiter: ",",
    defaultScope: ["user.info.basic"],
    profile: { id: "data.user.open_id", name: "data.user.display_name" },
    revoke: (api, { accessToken: token }) =>
      api.withClient({ method: "POST", url: "/oauth/revoke/", form: { token } }),
  });
}
