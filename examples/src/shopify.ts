import { ConfigurationError, defineProvider, type Provider } from "@grantkit/core";

/**
 * The Admin API of a Shopify shop, whose hosts are its own. Tokens that expire are asked for by `expiring=1` (since December
 * 2025). `session.revoke()` uninstalls the app from the shop.
 *
 * The callback's `hmac`, which the client secret signs, is not checked: `state` ties the callback to the user's browser.
 *
 * @param shop - The shop's name before `.myshopify.com`. The client secret goes to that host.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a name that is no part of a host name.
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens
 */
export function shopify(shop: string): Provider {
  if (!/^[\w-]+$/.test(shop)) throw new ConfigurationError("shopify()", ["shop must be a name"]);
  const admin = `https://${shop}.myshopify.com/admin`;
  return defineProvider({
    name: "shopify",
    endpoints: {
      authorization: `${admin}/oauth/authorize`,
      token: `${admin}/oauth/access_token`,
      userInfo: "/shop.json",
    },
    api: { baseUrl: `${admin}/api/2026-01` },
    tokenPlacement: { in: "header", name: "X-Shopify-Access-Token" },
    scopeDelimiter: ",",
    hooks: { tokenRequest: (r) => ({ ...r, body: { ...r.body, expiring: "1" } }) },
    profile: { id: "shop.id", name: "shop.name", email: "shop.email" },
    revoke: (api) =>
      api.withToken({ method: "DELETE", url: `${admin}/api_permissions/current.json` }),
  });
}
