import type { Call, ProviderFacts } from "./server/facts.ts";

const API = "https://open.tiktokapis.com/v2";
const USER = {
  open_id: "723f24d7-e717-40f8-a2b6-cb8464cd23b4",
  display_name: "Ada",
  avatar_url: "https://p16.example/ada.jpg",
};

const web: ProviderFacts = {
  authorization: "https://www.tiktok.com/v2/auth/authorize/",
  token: `${API}/oauth/token/`,
  revocation: `${API}/oauth/revoke/`,
  authentication: ["post"],
  clientId: "client_key",
  // Users report "Code verifier or code challenge is invalid" for base64url (react-native-tiktok#38).
  pkce: "sha256-hex",
  scopeDelimiter: ",",
  // No charset (Auth.js sets the header for this reason).
  contentType: "application/x-www-form-urlencoded",
  lifetime: 86_400,
  refreshable: () => true,
  rotates: true,
  refuseAuthorization: ({ scope = "" }) =>
    scope.split(",").includes("user.info.basic")
      ? undefined
      : { error: "invalid_scope", description: "scope" },
  tokenFields: () => ({ open_id: USER.open_id, refresh_expires_in: 31_536_000 }),
  error: ({ error, description }) => ({
    error,
    error_description: description,
    log_id: "20260115",
  }),
  revokesAccessTokensOnly: true,
  // What it answers to other tokens is not documented.
  revocationAnswers: {
    unknown: {
      status: 400,
      body: { error: "invalid_request", error_description: "token", log_id: "20260115" },
    },
  },
  unauthorized: {
    status: 401,
    body: {
      data: {},
      error: {
        code: "access_token_invalid",
        message: "The access token is invalid",
        log_id: "20260115",
      },
    },
  },
  api: { [`GET ${API}/user/info/`]: userInfo },
};

/**
 * TikTok's Login Kit for the web and for desktop apps.
 *
 * - The client's ID is called `client_key`, and scopes are separated by commas.
 * - A challenge is the SHA-256 in hex. Desktop apps must send one; web apps need none.
 * - User info needs the query `fields`, and is in `data.user`.
 * - The lifetime of the refresh token is `refresh_expires_in`.
 * - The revocation endpoint takes an access token.
 *
 * @see https://developers.tiktok.com/doc/login-kit-web
 * @see https://developers.tiktok.com/doc/login-kit-desktop
 * @see https://developers.tiktok.com/doc/oauth-user-access-token-management
 */
export const tiktokFacts: Readonly<Record<"web" | "desktop", ProviderFacts>> = {
  web,
  desktop: { ...web, pkceRequired: true },
};

function userInfo({ fields: { fields = "" } }: Call): { status?: number; body: object } {
  const names = fields.split(",").filter((name) => name in USER);
  if (names.length === 0) {
    const error = { code: "invalid_params", message: "fields is required", log_id: "20260115" };
    return { status: 400, body: { data: {}, error } };
  }
  const user = Object.fromEntries(names.map((name) => [name, USER[name as "open_id"]]));
  return { body: { data: { user }, error: { code: "ok", message: "", log_id: "20260115" } } };
}
