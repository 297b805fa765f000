import type { ProviderFacts } from "./server/facts.ts";

const LOGIN = "https://login.salesforce.com";
const INSTANCE = "https://acme.my.salesforce.com";
const ID = `${LOGIN}/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`;

/**
 * Salesforce.
 *
 * - The API is at `instance_url` of the token response, not at the host of the OAuth endpoints.
 * - Token responses have no `expires_in`; an expired session is a 401 with an array of errors.
 * - `id` and `sub` are a URL of the user.
 * - A refresh token needs the scope `refresh_token`. A refresh returns none: the first one stays.
 * - Revoking a refresh token ends its access tokens; revoking an unknown token is an error.
 *
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm
 * @see https://developer.salesforce.com/docs/platform/mobile-sdk/guide/oauth-revoking-tokens.html
 */
export const salesforceFacts: ProviderFacts = {
  authorization: `${LOGIN}/services/oauth2/authorize`,
  token: `${LOGIN}/services/oauth2/token`,
  revocation: `${LOGIN}/services/oauth2/revoke`,
  jwks: `${LOGIN}/id/keys`,
  authentication: ["post", "basic"],
  pkce: "S256",
  refreshable: ({ grant }) => grant.scope.includes("refresh_token"),
  tokenFields: ({ now }) => ({
    expires_in: undefined,
    instance_url: INSTANCE,
    id: ID,
    issued_at: String(now * 1000),
    signature: "SSSbLO/gBhmmyNUvN18ODBDFYHzakxOMgqYtu+hDPsc=",
  }),
  claims: ({ grant, isRefresh }) =>
    grant.scope.includes("openid")
      ? { iss: LOGIN, sub: ID, ...(!isRefresh && { nonce: grant.query["nonce"] }) }
      : undefined,
  revocationAnswers: {
    unknown: { status: 400, body: { error: "invalid_token", error_description: "invalid token" } },
  },
  unauthorized: {
    status: 401,
    body: [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }],
  },
  // The user's session ends after two hours here; the real one's length is a setting of the organization.
  lifetime: 7200,
  api: {
    [`GET ${LOGIN}/services/oauth2/userinfo`]: () => ({
      body: {
        sub: ID,
        user_id: "005x00000012Q9PAAU",
        organization_id: "00Dx0000000BV7zEAG",
        preferred_username: "ada@acme.example",
        name: "Ada Lovelace",
        email: "ada@example.com",
        email_verified: true,
        picture: `${INSTANCE}/profilephoto/ada`,
      },
    }),
    [`GET ${INSTANCE}/services/data/v62.0/sobjects/Account`]: () => ({
      body: { objectDescribe: { name: "Account" }, recentItems: [] },
    }),
  },
};
