import {
  type AuthorizationRequestHookValue,
  defineProvider,
  type Provider,
  type TokenResponseHookValue,
} from "@grantkit/core";

/** Options of {@link ebay}. */
export interface EbayOptions {
  /** The name that eBay gave the redirect URI ("RuName"). The client's `redirectUri` is the URL behind it. */
  readonly ruName: string;
  /**
   * Whether to use eBay's sandbox.
   *
   * @defaultValue `false`
   */
  readonly sandbox?: boolean;
}

const BEARER = new Set<unknown>(["Application Access Token", "User Access Token"]);

/**
 * eBay. `token_type` is a description ("User Access Token"). `redirect_uri` is a registered name instead of a URL. HTTP Basic
 * contains the client ID and the secret unencoded, where RFC 6749 §2.3.1 requires form encoding.
 *
 * @see https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html
 */
export function ebay({ ruName, sandbox = false }: EbayOptions): Provider {
  const domain = sandbox ? "sandbox.ebay.com" : "ebay.com";
  return defineProvider({
    name: "ebay",
    endpoints: {
      authorization: `https://auth.${domain}/oauth2/authorize`,
      token: `https://api.${domain}/identity/v1/oauth2/token`,
      // From memory, including the host.
      userInfo: `https://apiz.${domain}/commerce/identity/v1/user/`,
    },
    api: { baseUrl: `https://api.${domain}`, origins: [`https://apiz.${domain}`] },
    clientAuthentication: "basicRaw",
    profile: { id: "userId", username: "username" },
    hooks: {
      // Core remembers the changed redirect_uri, and sends it with the code too.
      authorizationRequest: (request: AuthorizationRequestHookValue) => ({
        ...request,
        parameters: { ...request.parameters, redirect_uri: ruName },
      }),
      tokenResponse: asBearer,
    },
  });
}

function asBearer(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  if (!BEARER.has(response.body["token_type"])) return undefined;
  return { ...response, body: { ...response.body, token_type: "Bearer" } };
}
