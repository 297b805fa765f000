import { defineProvider } from "@grantkit/core";

/**
 * Sina Weibo. Token responses have no `token_type`, which core reads as Bearer. The API reads the token from the query. The
 * user info needs two requests: the first returns the user's ID, the second the user.
 */
export const weibo = defineProvider({
  name: "weibo",
  // From memory.
  endpoints: {
    authorization: "https://api.weibo.com/oauth2/authorize",
    token: "https://api.weibo.com/oauth2/access_token",
  },
  api: { baseUrl: "https://api.weibo.com/2" },
  tokenPlacement: "query",
  scopeDelimiter: ",",
  async userInfo(api) {
    const { uid } = await api.get("/account/get_uid.json");
    const id = encodeURIComponent(String(uid));
    return api.get(`/users/show.json?uid=${id}`);
  },
  profile: { id: "idstr", name: "screen_name" },
});
