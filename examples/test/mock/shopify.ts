import { createHmac } from "node:crypto";
import { APP } from "./server/app.ts";
import type { Answer, Call, Grant, ProviderFacts } from "./server/facts.ts";

const SHOP = "https://acme.myshopify.com";

/** The grants whose tokens never expire. */
const withoutExpiry = new WeakSet<Grant>();

/**
 * The shop `acme` of Shopify.
 *
 * - Every shop has its own hosts.
 * - Scopes are separated by commas, and `token_type` is missing.
 * - Tokens expire and come with a refresh token if the token request has `expiring=1`. The Admin API refuses others, for
 *   apps made since April 2026.
 * - The API reads the token from `X-Shopify-Access-Token`.
 * - Disconnecting uninstalls the app: `DELETE /admin/api_permissions/current.json`.
 * - The callback is signed with the client's secret (`hmac`).
 *
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens
 * @see https://shopify.dev/api/examples/app-uninstall
 */
export const shopifyFacts: ProviderFacts = {
  authorization: `${SHOP}/admin/oauth/authorize`,
  token: `${SHOP}/admin/oauth/access_token`,
  authentication: ["post"],
  scopeDelimiter: ",",
  refreshable: ({ call, isRefresh }) => isRefresh || call.fields["expiring"] === "1",
  rotates: true,
  callback: signedCallback,
  tokenFields: ({ call, grant, isRefresh }) => {
    if (isRefresh || call.fields["expiring"] === "1") {
      return { token_type: undefined, expires_in: 3600, refresh_token_expires_in: 7_776_000 };
    }
    withoutExpiry.add(grant);
    return { token_type: undefined };
  },
  lifetime: 3600,
  credential: ({ headers }) => headers["x-shopify-access-token"],
  unauthorized: {
    status: 401,
    body: {
      errors: "[API] Invalid API key or access token (unrecognized login or wrong password)",
    },
  },
  api: {
    [`GET ${SHOP}/admin/api/2026-01/shop.json`]: adminApi(() => ({
      body: {
        shop: {
          id: 548_380_009,
          name: "Acme",
          email: "ada@example.com",
          myshopify_domain: "acme.myshopify.com",
        },
      },
    })),
    [`DELETE ${SHOP}/admin/api_permissions/current.json`]: (_call, grant) => {
      grant.isRevoked = true;
      return { body: {} };
    },
  },
};

function adminApi(answer: () => Answer): (call: Call, grant: Grant) => Answer {
  const errors = "[API] Non-expiring access tokens are no longer accepted for the Admin API.";
  return (_call, grant) =>
    withoutExpiry.has(grant) ? { status: 403, body: { errors } } : answer();
}

function signedCallback({ code, query, authenticatedAt }: Grant): Record<string, string> {
  const parameters = {
    code,
    host: btoa("admin.shopify.com/store/acme"),
    shop: "acme.myshopify.com",
    state: query["state"] ?? "",
    timestamp: String(authenticatedAt),
  };
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return { ...parameters, hmac: createHmac("sha256", APP.clientSecret).update(text).digest("hex") };
}
