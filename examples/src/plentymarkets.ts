import { defineProvider, type Provider, type TokenResponseHookValue } from "@grantkit/core";

/** Options of {@link plentymarkets}. */
export interface PlentymarketsOptions {
  /** Base URL of the shop, for example `https://shop.plentymarkets-cloud02.com`. */
  readonly shopUrl: string;
}

/**
 * A Plentymarkets shop. Token responses have their fields in camelCase, and every shop has its own host.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a URL that is not https.
 */
export function plentymarkets({ shopUrl }: PlentymarketsOptions): Provider {
  const rest = `${shopUrl.replace(/\/+$/, "")}/rest`;
  return defineProvider({
    name: "plentymarkets",
    // From memory.
    endpoints: {
      authorization: `${rest}/oauth/authorize`,
      token: `${rest}/oauth/access_token`,
      userInfo: "/user",
    },
    api: { baseUrl: rest },
    profile: { id: "id" },
    hooks: { tokenResponse: inSnakeCase },
  });
}

/** Renames the fields of a successful response to snake_case; an error keeps its names. */
function inSnakeCase(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  const { status, headers } = response;
  if (status !== 200 || !headers["content-type"]?.startsWith("application/json")) return undefined;
  const body = Object.fromEntries(
    Object.entries(response.body).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
  return { ...response, body };
}
