import type { RevocationApi } from "./endpoints/revocation-api.ts";
import type {
  ApiReader,
  UserInfoRequest,
  UserInfoSources,
} from "./endpoints/user-info-definition.ts";
import type { CallbackParameter } from "./endpoints/kept-parameters.ts";
import type { ErrorPaths, ErrorReader } from "./errors/error-paths.ts";
import type { Hooks } from "./hooks.ts";
import type { ProviderApi } from "./http/api-origins.ts";
import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { ClientParameters } from "./oidc/client-parameters.ts";
import type { IdTokenRules } from "./oidc/id-token-rules.ts";
import type { IssuerTemplate } from "./oidc/issuer.ts";
import type { ProfileFields, ProfileFunction } from "./profile-fields.ts";
import type { ProviderEndpoints } from "./provider-endpoints.ts";
import type { ExpiredToken } from "./tokens/expired-token.ts";
import type { Token } from "./tokens/token.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";

/**
 * How an access token without a refresh token is exchanged for a new one, before it expires: Instagram (`ig_refresh_token`)
 * and Threads (`th_refresh_token`).
 */
export interface RefreshByExchange {
  /** The URL of the exchange, absolute or as a path of the API. */
  readonly endpoint: string;
  /**
   * The method. With GET the parameters are in the query: the token, which no error shows, and the client secret if
   * `clientCredentials` is set.
   *
   * @defaultValue `"POST"`
   */
  readonly method?: "GET" | "POST";
  /** The `grant_type`. */
  readonly grantType: string;
  /** The name of the parameter that has the access token. */
  readonly tokenParameter: string;
  /**
   * Whether the client authenticates. A client without a secret then exchanges nothing.
   *
   * @defaultValue `false`
   */
  readonly clientCredentials?: boolean;
  /**
   * How many seconds before its expiry a session exchanges a token, but at most half its lifetime. It cannot be exchanged
   * later: the token of a user who does not come back within this time is lost.
   *
   * @defaultValue a week
   */
  readonly ahead?: number;
}

/** The definition of a provider: data, and pure functions where data is not enough. */
export interface ProviderDefinition<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> {
  /** Short name in lower case, for example `example`. Errors show it, and a stored authorization request remembers it. */
  readonly name: string;
  /**
   * The issuer identifier, which `iss` in callbacks (RFC 9207) and in ID tokens must equal exactly. `{ template }` for a
   * provider that has an issuer for each of its tenants.
   */
  readonly issuer?: string | IssuerTemplate;
  /** The provider's endpoints. */
  readonly endpoints: ProviderEndpoints;
  /**
   * Whether a callback without `iss` is refused, because the provider always sends it (RFC 9207 §2.4).
   *
   * @defaultValue `false`
   */
  readonly issuerInCallback?: boolean;
  /**
   * Whether the client pushes every authorization request (RFC 9126 §5).
   *
   * @defaultValue `false`
   */
  readonly pushAuthorizationRequests?: boolean;
  /**
   * How an authorization code is tied to the client that asked for it (PKCE, RFC 7636). Callers and hooks cannot change it.
   *
   * Leave it out unless the provider fails with S256:
   *
   * - `"sha256-hex"` writes the digest in hexadecimal under the name S256 (TikTok's desktop and mobile apps);
   * - `"plain"` puts the verifier itself into the authorization URL (MyAnimeList): it does not protect against those who see
   *   that URL;
   * - `false` is for providers that refuse PKCE or ignore it (LinkedIn's web apps, Strava): a stolen code is then protected by
   *   the client secret alone.
   *
   * @defaultValue `"S256"`
   */
  readonly pkce?: "S256" | "plain" | "sha256-hex" | false;
  /**
   * The separator of scopes in requests and responses.
   *
   * @defaultValue `" "`
   */
  readonly scopeDelimiter?: string;
  /**
   * The separator of granted scopes, where it is not that of requested ones (LinkedIn grants with commas).
   *
   * @defaultValue `scopeDelimiter`
   */
  readonly grantedScopeDelimiter?: string;
  /** Scopes that the provider grants under another name: requested → granted. */
  readonly scopeAliases?: Readonly<Record<string, string>>;
  /**
   * How a client with a secret authenticates.
   *
   * @defaultValue `"post"`
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * What the provider calls the parameters `client_id` and `client_secret`, in authorization requests and at all OAuth endpoints
   * (TikTok: `client_key`; WeChat: `appid` and `secret`). Hooks see the usual names.
   */
  readonly clientParameters?: ClientParameters;
  /**
   * How the fields of token requests are written, for a provider that reads JSON only (Trakt, older Feishu; Notion reads
   * both). It holds for all OAuth endpoints at which the client authenticates: refresh, revocation, introspection and the
   * device flow too. A repeated field becomes an array. Hooks see the fields, whichever it is.
   *
   * @defaultValue `"form"` (RFC 6749 §4.1.3)
   */
  readonly tokenRequestBody?: "form" | "json";
  /**
   * Where access tokens are placed in requests to the API.
   *
   * @defaultValue `"header"`
   */
  readonly tokenPlacement?: TokenPlacement;
  /**
   * How a token is exchanged for a new one by itself, at a provider without refresh tokens (Instagram, Threads).
   * Sessions do so before it expires, under the same locks and with the same saves as a refresh; `refreshToken()` does so at
   * once.
   */
  readonly renew?: RefreshByExchange;
  /**
   * How an app asks for a refresh token, where the provider sends one on request only: a sentence for the errors of tokens
   * that have none (`TOKEN_EXPIRED`, `REFRESH_TOKEN_MISSING`), for example `Ask for one with accessType: "offline".`
   */
  readonly refreshTokenAdvice?: string;
  /** The API that the tokens are for. */
  readonly api?: ProviderApi;
  /**
   * Which responses of the API mean that an access token has expired, if the API uses a status other than 401 or an error
   * code of its own.
   *
   * @defaultValue a 401, unless its challenge names another error (RFC 6750 §3.1)
   */
  readonly expiredToken?: ExpiredToken;
  /** The scope of an authorization request that names none. */
  readonly defaultScope?: readonly (Scope | (string & {}))[];
  /**
   * How this provider's ID tokens are verified. `false` ignores them, for a provider that publishes no keys: sign-ins with
   * the scope `openid` then have no nonce, and tokens no `claims`. Otherwise `openid` needs `issuer` and `endpoints.jwks`, or
   * an HMAC among the algorithms.
   */
  readonly idToken?: IdTokenRules | false;
  /**
   * Parameters of the callback that are kept: the company (Intuit's `realmId`), the device (VK's `device_id`, which its token
   * endpoint asks for), the user's server (Zoho's `accounts-server`), the user's name (Apple's `user`, which comes once).
   *
   * They are kept in `token.raw`, where a field of the token response with the same name takes precedence, and stay there when
   * the token is refreshed or stored. `"scope"` is the granted scope where the token response has none (Strava, whose users
   * can untick scopes): what was not requested is not granted by it. A callback that repeats one of them is refused.
   */
  readonly callbackParameters?: readonly (string | CallbackParameter)[];
  /** The provider's error codes in terms of RFC 6749: theirs → `invalid_grant` and the like. */
  readonly errorAliases?: Readonly<Record<string, string>>;
  /** The names of the options that `authorizationParameters` reads; any other option is refused. */
  readonly authorizationOptions?: readonly string[];
  /**
   * Maps the provider's own options to parameters of the authorization request. It cannot change state, PKCE and nonce,
   * which belong to the client.
   */
  authorizationParameters?(
    options: AuthorizationOptions,
  ): Readonly<Record<string, string | undefined>>;
  /**
   * Where an error response in the provider's own format has its fields, `{ error: "errcode", errorDescription: "errmsg" }`
   * (WeChat, Strava), or a function that reads it. Every response of an OAuth endpoint and of user info is asked, whatever its
   * status.
   *
   * @defaultValue `error` and `error_description` (RFC 6749 §5.2), and the common formats of other APIs
   */
  readonly readError?: ErrorPaths | ErrorReader;
  /**
   * How `endpoints.userInfo` is asked, where it is not with a GET: POST (Dropbox, VK) and GraphQL (Linear, monday, AniList,
   * start.gg). What the endpoint answers is the user info, the `data` of GraphQL included.
   *
   * @defaultValue a GET
   */
  readonly userInfoRequest?: UserInfoRequest;
  /**
   * Fetches the user info where one request to `endpoints.userInfo` is not enough: from further requests (e-mail
   * addresses), the token response (Notion, Slack, ORCID), the ID token or the callback (Apple's `user`, which comes once).
   * A provider with neither this nor an endpoint (Apple) has the claims of the verified ID token as its user info.
   */
  userInfo?(api: ApiReader, sources: UserInfoSources): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Revokes a token where the provider has no revocation endpoint (RFC 7009), or one that another request goes to: it may use
   * the user's token (Dropbox, Slack, Shopify) or the client's credentials (LinkedIn, TikTok). `session.revoke()` and
   * `revokeToken()` call it and wait for its promise, whatever that resolves to.
   */
  revoke?(api: RevocationApi, token: Token): Promise<unknown>;
  /**
   * Where the user info has the fields of the common profile, `{ id: "data.user_id", name: ["first_name", "last_name"] }`,
   * or a function that maps it. Any provider without OpenID Connect's claims needs it.
   *
   * @defaultValue OpenID Connect's claims (Core §5.1)
   */
  readonly profile?: ProfileFields | ProfileFunction;
  /**
   * Http origins to which **credentials travel unencrypted**: exact ones, for example `["http://keycloak:8080"]`, without a
   * path or a wildcard. Everybody on the way can then read each client secret, code and token, use them, and change
   * the answers: who a user is and which keys sign ID tokens. It is for a network that nobody else is on, such as that of
   * docker-compose, of a cluster's own or of a test, for servers that have no https there (Keycloak, Hydra, Dex in a
   * container). Redirect URIs, which browsers open, still need https.
   *
   * Nothing else can add to the list: neither options, hooks and sessions nor the server's metadata. A client publishes one
   * `grantkit:warning` with code `INSECURE_HTTP` when it first uses it.
   *
   * @defaultValue none: https only, and http to this machine
   */
  readonly allowInsecureHttp?: readonly string[];
  /** Hooks that adjust requests and responses for the provider's quirks; they run before a client's hooks. */
  readonly hooks?: Hooks;
}
