import { APP } from "./server/app.ts";
import type { ProviderFacts } from "./server/facts.ts";

const HOST = "https://id.twitch.tv/oauth2";
const UNAUTHORIZED = {
  status: 401,
  body: { error: "Unauthorized", status: 401, message: "Client ID and OAuth token do not match" },
};

/**
 * Twitch.
 *
 * - The API needs the header `Client-Id` of the client that the token is for.
 * - `scope` in token responses is an array.
 * - Errors are `{ status, message }`; `error`, where there is one, is the status in words.
 * - Access tokens alone can be revoked; any other token is refused with status 400.
 * - PKCE is ignored.
 *
 * @see https://dev.twitch.tv/docs/authentication/getting-tokens-oidc
 * @see https://dev.twitch.tv/docs/authentication/refresh-tokens
 * @see https://dev.twitch.tv/docs/authentication/revoke-tokens
 */
export const twitchFacts: ProviderFacts = {
  authorization: `${HOST}/authorize`,
  token: `${HOST}/token`,
  revocation: `${HOST}/revoke`,
  jwks: `${HOST}/keys`,
  authentication: ["post"],
  lifetime: 14_400,
  refreshable: () => true,
  rotates: true,
  tokenFields: ({ grant }) => ({ token_type: "bearer", scope: grant.scope }),
  claims: ({ grant, isRefresh }) =>
    grant.scope.includes("openid") && !isRefresh
      ? { iss: HOST, sub: "713936733", preferred_username: "ada", nonce: grant.query["nonce"] }
      : undefined,
  error: ({ status = 400, description }) => ({ status, message: description }),
  refreshRefusal: { error: "invalid_grant", description: "Invalid refresh token" },
  revokesAccessTokensOnly: true,
  revocationAnswers: { unknown: { status: 400, body: { status: 400, message: "Invalid token" } } },
  unauthorized: {
    status: 401,
    body: { error: "Unauthorized", status: 401, message: "Invalid OAuth token" },
  },
  api: {
    "GET https://api.twitch.tv/helix/users": ({ headers }) =>
      headers["client-id"] === APP.clientId
        ? {
            body: {
              data: [
                {
                  id: "713936733",
                  login: "ada",
                  display_name: "Ada",
                  email: "ada@example.com",
                  profile_image_url: "https://static-cdn.example/ada.png",
                },
              ],
            },
          }
        : UNAUTHORIZED,
  },
};
