import { defineProvider } from "@grantkit/core";

/** Douban. Token responses have no `token_type`, and the API reads the token from the query. */
export const douban = defineProvider({
  name: "douban",
  // From memory.
  endpoints: {
    authorization: "https://www.douban.com/service/auth2/auth",
    token: "https://www.douban.com/service/auth2/token",
    userInfo: "/user/~me",
  },
  api: { baseUrl: "https://api.douban.com/v2" },
  tokenPlacement: "query",
  scopeDelimiter: ",",
  profile: { id: "id", name: "name" },
});
