import {
  defineProvider,
  type Hook,
  type TokenRequestHookValue as TokenRequest,
} from "@grantkit/core";

const VERSION = { "notion-version": "2025-09-03" };
const versioned: Hook<TokenRequest> = (r) => ({ ...r, headers: { ...r.headers, ...VERSION } });

/**
 * Notion. Every request needs a version, those of OAuth too, and the OAuth endpoints read JSON. The token response describes
 * the user. There are no scopes.
 *
 * @see https://developers.notion.com/docs/authorization
 * @see https://developers.notion.com/reference/revoke-token
 */
export const notion = defineProvider({
  name: "notion",
  endpoints: {
    authorization: "https://api.notion.com/v1/oauth/authorize?owner=user",
    token: "https://api.notion.com/v1/oauth/token",
  },
  api: { baseUrl: "https://api.notion.com/v1", headers: VERSION },
  clientAuthentication: "basic",
  tokenRequestBody: "json",
  hooks: { tokenRequest: versioned, refreshRequest: versioned },
  userInfo: (_api, { token }) => Promise.resolve(token.raw["owner"] as Record<string, unknown>),
  profile: { id: "user.id", name: "user.name", email: "user.person.email" },
  revoke: (api, { accessToken: token }) =>
    api.withClient({ method: "POST", url: "/oauth/revoke", json: { token } }),
});
