import { bindMethods } from "./bound-methods.ts";
import type { CallbackInput } from "./authorization/callback-parameters.ts";
import { type AuthorizationRequest, buildAuthorizationRequest } from "./authorization/request.ts";
import type { AuthorizationRequestOptions } from "./authorization/request-options.ts";
import type { ClientContext } from "./client-context.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import { type ClientParts, clientParts } from "./client-parts.ts";
import { clientOptionProblems } from "./client-problems.ts";
import type { DiscoverOptions } from "./endpoints/discovery.ts";
import type { Introspection } from "./endpoints/introspection.ts";
import { buildLogoutUrl, type LogoutOptions } from "./endpoints/logout.ts";
import type { TokenHintOptions } from "./endpoints/revocation.ts";
import { throwProblems } from "./errors/configuration-error.ts";
import type { CodeExchangeOptions } from "./grants/authorization-code.ts";
import type { CodeBegunElsewhereOptions } from "./grants/code-begun-elsewhere.ts";
import type {
  DeviceAuthorization,
  DeviceAuthorizationRecord,
} from "./grants/device-authorization.ts";
import type { DeviceTokenOptions } from "./grants/poll-for-user.ts";
import type { GrantOptions } from "./grants/grant-parameters.ts";
import type { AssertionToSign, JwtBearerOptions } from "./grants/jwt-bearer.ts";
import type { PasswordOptions } from "./grants/password.ts";
import type { RefreshOptions } from "./grants/refresh-token.ts";
import type { TokenExchangeOptions } from "./grants/token-exchange.ts";
import { usableToken } from "./tokens/place-token.ts";
import type {
  IdTokenClaims,
  LogoutTokenClaims,
  SecurityEventClaims,
} from "./tokens/id-token-claims.ts";
import { shareSecret } from "./oidc/client-secret.ts";
import type {
  VerifyIdTokenOptions,
  VerifyLogoutTokenOptions,
  VerifySecurityEventOptions,
} from "./oidc/verification-options.ts";
import type { Profile } from "./profile.ts";
import { ownOptions } from "./options/own-fields.ts";
import { defineProvider, type Provider } from "./provider.ts";
import {
  type ClientCredentialsSessionOptions,
  type JwtBearerSessionOptions,
  openGrantedSession,
} from "./session/granted-session.ts";
import { createSession, type OAuth2Session } from "./session/session.ts";
import { shareSessions } from "./session/provider-session.ts";
import type { SessionContext } from "./session/session-context.ts";
import type * as StoredSessions from "./session/stored-session.ts";
import {
  checkedSessionOptions,
  type SessionOptions,
  type StoredSessionOptions,
} from "./session/session-options.ts";
import { InMemoryTokenSource } from "./refresh/token-source.ts";
import { Token } from "./tokens/token.ts";
import type { TokenRecord } from "./tokens/token-record.ts";

// Kept: import() of a module that is loaded already costs microseconds each time that a session is opened.
let storedSessions: typeof StoredSessions | undefined;

/**
 * An OAuth 2.0 client: your app at one provider, with a method for each grant. Make one for each provider and keep it: it
 * holds the connections, the provider's keys and the refreshes under way.
 *
 * @example
 * ```ts
 * import { defineProvider, OAuth2Client } from "@grantkit/core";
 *
 * const provider = defineProvider({
 *   name: "example",
 *   endpoints: {
 *     authorization: "https://id.example.com/authorize",
 *     token: "https://id.example.com/token",
 *   },
 *   api: { baseUrl: "https://api.example.com" },
 * });
 * const client = new OAuth2Client(provider, {
 *   clientId: "my-app",
 *   clientSecret: "from the environment",
 *   redirectUri: "https://app.example.com/callback",
 * });
 *
 * const request = await client.authorizationRequest({ scope: ["read"] });
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await client.fetchToken("/callback?code=…&state=…", request);
 * const { data } = await client.session(token).get("/me");
 * ```
 *
 * @typeParam UserProfile - What `profile()` of the client and of its sessions resolves to: for a provider whose profile has
 * more fields than {@link Profile}.
 */
export class OAuth2Client<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
  UserProfile extends Profile = Profile,
> {
  /** The provider. If the client's options are a function, reading this is a first use of the client. */
  declare readonly provider: Provider<Scope, AuthorizationOptions>;
  // Private, because it contains the client secret.
  readonly #parts: () => ClientParts<Scope, AuthorizationOptions>;

  /**
   * @param provider - The result of `defineProvider`. Or a function that calls `defineProvider`: one error then lists the
   * problems of the definition and of the options.
   * @param options - The app's credentials, and how requests are sent. Or a function that returns them, for a module that
   * is imported where environment variables are missing, as in a build. It is called once, when the client is first used;
   * if it throws, or returns options that cannot be used, it is called again at the next use.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(
    provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
    options: OAuth2ClientOptions | (() => OAuth2ClientOptions),
  ) {
    const parts = clientParts(provider, options);
    this.#parts = parts;
    shareSecret(this, () => parts().context.secret);
    shareSessions(this, () => parts().sessions);
    if (typeof options === "function") {
      Object.defineProperty(this, "provider", { get: () => parts().provider });
    } else {
      this.provider = parts().provider;
    }
    bindMethods(this);
  }

  get #context(): ClientContext {
    return this.#parts().context;
  }

  get #sessions(): SessionContext {
    return this.#parts().sessions;
  }

  /**
   * Makes a client from a server's metadata (OpenID Connect Discovery, RFC 8414), which is fetched once.
   *
   * @param issuer - The issuer exactly as the provider writes it, for example `https://id.example.com`.
   * @param options - The options of any client, and `provider` for what the metadata does not contain, and
   * `metadataUrl` where it is fetched under another address.
   * @throws OAuthError: `DISCOVERY_FAILED`, `ISSUER_MISMATCH`, `NETWORK_ERROR`, `TIMEOUT`; ConfigurationError.
   *
   * @example
   * ```ts
   * import { OAuth2Client } from "@grantkit/core";
   *
   * export const client = await OAuth2Client.discover("https://id.example.com", {
   *   clientId: "my-app",
   *   clientSecret: "from the environment",
   *   redirectUri: "https://app.example.com/callback",
   *   provider: { api: { baseUrl: "https://api.example.com" }, defaultScope: ["openid", "email"] },
   * });
   * ```
   */
  static async discover<
    Scope extends string = string,
    AuthorizationOptions extends object = object,
  >(
    issuer: string,
    options: DiscoverOptions<Scope, AuthorizationOptions>,
  ): Promise<OAuth2Client<Scope, AuthorizationOptions>> {
    const { provider: own = {}, metadataUrl, ...rest } = ownOptions(options ?? {});
    const clientOptions = ownOptions(rest);
    throwProblems("discover()", clientOptionProblems(clientOptions));
    const { discoverDefinition } = await import("./endpoints/discovery.ts");
    const definition = await discoverDefinition(
      { issuer, metadataUrl },
      ownOptions(own),
      clientOptions,
    );
    return new OAuth2Client(() => defineProvider(definition), clientOptions);
  }

  /**
   * Begins a sign-in with an authorization code (RFC 6749 §4.1), with state, PKCE S256 unless the provider's definition says
   * otherwise (`pkce`), and a nonce for OpenID Connect.
   *
   * @returns Plain JSON to keep in the user's session until the callback. Send the user to its `url`.
   * @throws ConfigurationError that lists every problem of the options.
   */
  async authorizationRequest(
    options: AuthorizationRequestOptions<Scope> &
      AuthorizationOptions = {} as AuthorizationRequestOptions<Scope> & AuthorizationOptions,
  ): Promise<AuthorizationRequest> {
    return buildAuthorizationRequest(this.#context, ownOptions(options));
  }

  /**
   * Completes a sign-in: checks the callback against its request, exchanges the code, and verifies the ID token. State is
   * checked first, then `iss`, error and code, so that nothing in a forged callback is believed.
   *
   * @param callback - The callback's URL or path, its query, or the whole request (form_post too): a `Request`, or one of
   * Node's `http`, Express or Fastify; or its parsed query or form.
   * @param request - The result of {@link OAuth2Client.authorizationRequest}; use it once.
   * @throws OAuthError. Before the token request: `STATE_MISMATCH`, `ISSUER_MISMATCH`,
   * `PROVIDER_MISMATCH`, `AUTHORIZATION_REQUEST_EXPIRED`, `CALLBACK_INVALID`, `CODE_MISSING`, `ACCESS_DENIED` and the
   * provider's other errors. After it: `INVALID_GRANT`, `INVALID_CLIENT`, `TOKEN_RESPONSE_INVALID`,
   * `ID_TOKEN_INVALID`, `NETWORK_ERROR`, `TIMEOUT`, ….
   */
  async fetchToken(
    callback: CallbackInput,
    request: AuthorizationRequest,
    options: CodeExchangeOptions = {},
  ): Promise<Token> {
    const { exchangeCode } = await import("./grants/authorization-code.ts");
    return await exchangeCode(this.#context, callback, request, ownOptions(options));
  }

  /**
   * Exchanges a code that this client did not ask for: of a popup in a page (`redirectUri: "postmessage"`), or of a
   * phone's own sign-in, whose app sends the code to your server. For every other sign-in use {@link OAuth2Client.fetchToken}.
   *
   * **Nothing shows that the code belongs to this visitor.** There is no callback and no state, so an attacker can make a
   * victim's browser send the attacker's code: the victim is then signed in as the attacker, or the attacker's account is
   * connected to the victim's (login CSRF, RFC 6749 §10.12). Before you call this:
   *
   * - accept the code only in a POST that other sites cannot send: require a header such as `X-Requested-With`, which forms
   *   cannot have, and allow no foreign origin (CORS); or a CSRF token of your own;
   * - pass the `nonce` that your server gave to this visitor, where the provider issues ID tokens;
   * - pass the phone's `codeVerifier`: without PKCE, whoever sees the code can use it.
   *
   * An ID token is verified as always. `callbackParameters` are not kept: there is no callback.
   *
   * @param code - The code as the provider issued it, without percent-encoding.
   * @throws OAuthError as {@link OAuth2Client.fetchToken} does after the token request, and `TOKEN_RESPONSE_INVALID` when a
   * `nonce` is given and there is no ID token; ConfigurationError that lists every problem of the options.
   *
   * @example
   * ```ts
   * import type { OAuth2Client } from "@grantkit/core";
   *
   * // The route that the page's fetch() posts the popup's code to.
   * export async function signIn(client: OAuth2Client, request: Request, nonce: string) {
   *   if (request.headers.get("x-requested-with") !== "fetch") throw new Error("not our page");
   *   const code = await request.text();
   *   return client.fetchTokenByCode(code, { redirectUri: "postmessage", nonce });
   * }
   * ```
   */
  async fetchTokenByCode(code: string, options: CodeBegunElsewhereOptions): Promise<Token> {
    const { redeemForeignCode } = await import("./grants/code-begun-elsewhere.ts");
    return await redeemForeignCode(this.#context, code, ownOptions(options ?? {}));
  }

  /**
   * Completes a sign-in by the implicit grant: checks the callback as {@link OAuth2Client.fetchToken} does, and reads the
   * token from its fragment (RFC 6749 §4.2.2). Nothing is sent.
   *
   * @deprecated A token in a URL leaks, and comes without a refresh token (RFC 9700 §2.1.2): ask for a code.
   * @param callback - The callback's URL with its fragment, which only the browser sees: `location.href`.
   * @param request - The result of `authorizationRequest({ responseType: "token" })`; use it once.
   * @throws OAuthError as {@link OAuth2Client.fetchToken} does before the token request, and `TOKEN_RESPONSE_INVALID`.
   */
  async tokenFromFragment(callback: string | URL, request: AuthorizationRequest): Promise<Token> {
    const { readFragment } = await import("./grants/implicit.ts");
    return await readFragment(this.#context, callback, request);
  }

  /**
   * Fetches a token for the app itself (RFC 6749 §4.4). To call an API,
   * {@link OAuth2Client.clientCredentialsSession} is shorter: it fetches its tokens by itself.
   *
   * @param options - Scope, `resource`, and further parameters such as `audience`.
   * @throws OAuthError: `INVALID_CLIENT`, `UNAUTHORIZED_CLIENT`, `INVALID_SCOPE`, …; ConfigurationError for a
   * public client (`clientAuthentication: "none"`).
   */
  async fetchClientCredentialsToken(options: GrantOptions = {}): Promise<Token> {
    const { fetchClientCredentials } = await import("./grants/client-credentials.ts");
    return await fetchClientCredentials(this.#context, ownOptions(options));
  }

  /**
   * Fetches a token with a user's name and password (RFC 6749 §4.3).
   *
   * @deprecated The app sees the password, and no second factor works (RFC 9700 §2.4): send the user to the provider.
   * @throws OAuthError: `INVALID_GRANT` for a wrong password, `UNAUTHORIZED_CLIENT`, ….
   */
  async fetchPasswordToken(options: PasswordOptions): Promise<Token> {
    const { fetchWithPassword } = await import("./grants/password.ts");
    return await fetchWithPassword(this.#context, ownOptions(options));
  }

  /**
   * Begins a device flow (RFC 8628 §3.1), for televisions, command lines and other devices without a browser.
   *
   * @returns What to show: `userCode` and `verificationUri`. Then wait with {@link OAuth2Client.fetchDeviceToken}; it can be
   * stored as JSON meanwhile.
   * @throws OAuthError: `INVALID_CLIENT`, `UNAUTHORIZED_CLIENT`, …; ConfigurationError when the provider has no device flow.
   *
   * @example
   * ```ts
   * import type { OAuth2Client } from "@grantkit/core";
   *
   * export async function signIn(client: OAuth2Client) {
   *   const device = await client.fetchDeviceAuthorization({ scope: ["read"] });
   *   console.log(`Open ${device.verificationUri} and enter ${device.userCode}`);
   *   return client.fetchDeviceToken(device, { signal: AbortSignal.timeout(300_000) });
   * }
   * ```
   */
  async fetchDeviceAuthorization(options: GrantOptions = {}): Promise<DeviceAuthorization> {
    const { requestDeviceAuthorization } = await import("./grants/device-authorization.ts");
    return await requestDeviceAuthorization(this.#context, ownOptions(options));
  }

  /**
   * Polls until the user has decided on another device (RFC 8628 §3.4), at the interval that the provider asks for.
   * Transient failures do not end the wait.
   *
   * @param device - The result of {@link OAuth2Client.fetchDeviceAuthorization}, also read back from JSON.
   * @throws OAuthError: `ACCESS_DENIED`, `DEVICE_CODE_EXPIRED`, `ABORTED`, ….
   */
  async fetchDeviceToken(
    device: DeviceAuthorizationRecord,
    options: DeviceTokenOptions = {},
  ): Promise<Token> {
    const { pollForDeviceToken } = await import("./grants/device-code.ts");
    return await pollForDeviceToken(this.#context, ownOptions(device), ownOptions(options));
  }

  /**
   * Fetches a token with a signed assertion (RFC 7523 §2.1), as service accounts do. To call an API,
   * {@link OAuth2Client.jwtBearerSession} is shorter: it fetches its tokens by itself.
   *
   * @throws OAuthError: `INVALID_GRANT` for an assertion that is refused, …; ConfigurationError for a key that cannot sign.
   */
  async fetchJwtBearerToken(options: JwtBearerOptions): Promise<Token> {
    const { fetchWithAssertion } = await import("./grants/jwt-bearer.ts");
    return await fetchWithAssertion(this.#context, ownOptions(options));
  }

  /**
   * Exchanges a token for another one (RFC 8693): for another audience, with less scope, or on behalf of a user.
   *
   * @throws OAuthError: `INVALID_TARGET`, `INVALID_REQUEST`, `INVALID_GRANT`, ….
   */
  async exchangeToken(options: TokenExchangeOptions): Promise<Token> {
    const { exchangeForToken } = await import("./grants/token-exchange.ts");
    return await exchangeForToken(this.#context, ownOptions(options));
  }

  /**
   * Refreshes a token (RFC 6749 §6). Concurrent calls for the same token share one request. If this client has already
   * refreshed the token, the call returns the new token. If the response has no refresh token, the old one is kept.
   *
   * If a part of the response cannot be used, the new refresh token is kept: after an error, `client.session(token).token`
   * has it, for you to save.
   *
   * @param options - A smaller scope, a `resource` or other parameters. A call with options always sends its own request.
   * @throws OAuthError: `REFRESH_TOKEN_MISSING`; `INVALID_GRANT` when the user has to sign in again; transient ones are
   * `retryable`.
   */
  async refreshToken(token: Token | TokenRecord, options: RefreshOptions = {}): Promise<Token> {
    const known = Token.from(token);
    const { registry } = this.#sessions;
    if (Object.values(options).every((option) => option === undefined)) {
      return registry.refresh(known);
    }
    const { exchangeRefreshToken } = await import("./grants/refresh-token.ts");
    const newest = registry.newest(known);
    const asked = exchangeRefreshToken(this.#context, newest, ownOptions(options));
    return await asked.catch((error: unknown) => registry.keep(newest, error));
  }

  /**
   * Revokes a token at the provider, at its revocation endpoint (RFC 7009): the refresh token of a `Token` first, then its
   * access token, which some providers do not revoke together with the refresh token. A provider with another way to do so
   * revokes the whole token in that way. Sessions of this client with that refresh token end. To delete the token from a
   * store as well, use `session.revoke()`.
   *
   * The call succeeds if the provider does not know the token or has already revoked it. It also succeeds if the provider
   * revokes refresh tokens only: the access token then works until it expires.
   *
   * @param token - A `Token`, to revoke both of its tokens; or an access or refresh token as a string, to revoke only that.
   * @param options - `hint` to revoke only one of the two tokens, a signal, and further form fields.
   * @throws OAuthError: `UNSUPPORTED_TOKEN_TYPE`, `INVALID_CLIENT`, `NETWORK_ERROR`, …. After a `retryable` error the token
   * may still work: call again later (RFC 7009 §2.2.1). If the refresh token was revoked and the access token was not, the
   * message says so. ConfigurationError for a provider that has no way to revoke tokens.
   */
  async revokeToken(token: Token | string, options: TokenHintOptions = {}): Promise<void> {
    const { revokeAtProvider } = await import("./session/revoke-token.ts");
    await revokeAtProvider(this.#sessions, token, ownOptions(options));
  }

  /**
   * Asks the provider about a token (RFC 7662).
   *
   * @param options - `hint` to ask about the refresh token of a `Token` instead of its access token, a signal, and further
   * form fields.
   * @throws OAuthError: `INVALID_CLIENT`, `NETWORK_ERROR`, …; an inactive token is a result, not an error.
   */
  async introspectToken(
    token: Token | string,
    options: TokenHintOptions = {},
  ): Promise<Introspection> {
    const { introspectToken } = await import("./endpoints/introspection.ts");
    return await introspectToken(this.#context, token, ownOptions(options));
  }

  /**
   * Builds the URL that signs a user out of the provider too (OpenID Connect RP-Initiated Logout §2). End your own session
   * before you send the user there: they may not come back.
   *
   * @throws ConfigurationError when the provider has no end session endpoint (`endpoints.endSession`).
   */
  logoutUrl(options: LogoutOptions = {}): string {
    return buildLogoutUrl(this.#context, ownOptions(options));
  }

  /**
   * Fetches the user info, in the provider's own field names. The token is not refreshed.
   *
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, and otherwise as {@link OAuth2Session.userInfo} does.
   */
  async userInfo(token: Token | TokenRecord): Promise<Readonly<Record<string, unknown>>> {
    return this.session(token, { refresh: "manual" }).userInfo();
  }

  /**
   * Fetches the user info as a {@link Profile}, whose fields are the same for all providers. The token is not refreshed.
   *
   * @throws OAuthError as {@link OAuth2Client.userInfo} does.
   */
  async profile(token: Token | TokenRecord): Promise<UserProfile> {
    return this.session(token, { refresh: "manual" }).profile();
  }

  /**
   * Verifies an ID token (OpenID Connect Core §3.1.3.7): its signature with the provider's published keys, then iss, aud,
   * azp, exp, iat, nbf, and what the options require (nonce, maximum age, …). It may be for another client of the app, if
   * the definition names that in `idToken.authorizedParties`.
   *
   * Made-up key ids make it fetch the provider's keys a few times a minute at most.
   *
   * @param jwt - The ID token, for example a credential that a browser sent; at most 64 KB.
   * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
   * `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW` when this machine's clock is wrong; ConfigurationError when the provider has no
   * `endpoints.jwks`.
   */
  async verifyIdToken(jwt: string, options: VerifyIdTokenOptions = {}): Promise<IdTokenClaims> {
    return this.#context.idTokens.verify(jwt, ownOptions(options));
  }

  /**
   * Verifies a logout token that the provider posted to the app (OpenID Connect Back-Channel Logout §2.6). End the sessions
   * that its `sid`, or else its `sub`, names. Each token is accepted once.
   *
   * @param jwt - The form field `logout_token`.
   * @param options - `seen`, which remembers used tokens where several processes receive them.
   * @throws OAuthError: `LOGOUT_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
   * `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW` when this machine's clock is wrong. Answer the provider with status 400 then.
   */
  async verifyLogoutToken(
    jwt: string,
    options: VerifyLogoutTokenOptions = {},
  ): Promise<LogoutTokenClaims> {
    return this.#context.idTokens.verifyLogout(jwt, ownOptions(options));
  }

  /**
   * Verifies a security event token that the provider posted to the app (RFC 8417): that an account was hijacked, that its
   * tokens were revoked, …. It may be for another client of the app, if the definition names that in
   * `idToken.authorizedParties`. A provider repeats a delivery that your app does not confirm: handle each event so that a
   * second time changes nothing.
   *
   * @param jwt - The body of the request (`application/secevent+jwt`).
   * @param options - How the issuer is written, where it is not that of ID tokens.
   * @throws OAuthError: `SECURITY_EVENT_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
   * `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW` when this machine's clock is wrong. Answer the provider with status 400 then
   * (RFC 8935 §2.3). ConfigurationError when the provider has no `endpoints.jwks`.
   */
  async verifySecurityEvent(
    jwt: string,
    options: VerifySecurityEventOptions = {},
  ): Promise<SecurityEventClaims> {
    return this.#context.idTokens.verifyEvent(jwt, ownOptions(options));
  }

  /**
   * Opens a session: requests to the provider's API with a token that is placed, refreshed and saved for you.
   *
   * @throws OAuthError with code `TOKEN_INVALID` if the value is not a token, or the token is not an access token;
   * ConfigurationError that lists every problem of the options.
   */
  session(token: Token | TokenRecord, options: SessionOptions = {}): OAuth2Session<UserProfile> {
    const known = usableToken(Token.from(token));
    const checked = checkedSessionOptions("session()", this.provider, options);
    const source = new InMemoryTokenSource(this.#sessions.registry, checked.renew, known);
    return createSession(this.#sessions, source, checked);
  }

  /**
   * Opens a session for the app itself (RFC 6749 §4.4). It requests its first token with its first API request, and a new
   * token when that expires or the API responds with 401. Concurrent API requests share one token request.
   *
   * Make the session once, or for each request that you serve: sessions of one client with the same scope, `resource` and
   * parameters share their token.
   * Errors of the token request are thrown by the request that needed the token, and the next request asks again.
   * Before the first token `session.token` throws `TOKEN_NOT_FOUND`; `await session.refresh()` gets it at once.
   *
   * @param options - Scope, `resource`, and further parameters such as `audience`; and the options of a session, except
   * `onTokenUpdate`, `refresh`, `renew` and `repeatGrant`. To share a token between processes, use
   * {@link OAuth2Client.storedSession}.
   * @throws ConfigurationError that lists every problem of the options.
   *
   * @example
   * ```ts
   * import type { OAuth2Client } from "@grantkit/core";
   *
   * export async function listJobs(client: OAuth2Client) {
   *   const session = client.clientCredentialsSession({ scope: ["jobs:read"] });
   *   return (await session.get("/jobs")).data;
   * }
   * ```
   */
  clientCredentialsSession(options: ClientCredentialsSessionOptions = {}): OAuth2Session {
    const method = "clientCredentialsSession()";
    const fetchToken = (grant: GrantOptions) => this.fetchClientCredentialsToken(grant);
    return openGrantedSession<GrantOptions>(
      this.#sessions,
      { method, fetchToken },
      ownOptions(options),
    );
  }

  /**
   * Opens a session that requests its tokens with JWTs that it signs (RFC 7523 §2.1), as service accounts do. It requests and
   * shares tokens as {@link OAuth2Client.clientCredentialsSession} does, and signs a new JWT for each token request.
   *
   * @param options - Claims and the key that signs them, scope, and the options of a session, except `onTokenUpdate`,
   * `refresh`, `renew` and `repeatGrant`. Leave `iat`, `exp` and `jti` out of the claims: each JWT needs its own.
   * @throws ConfigurationError that lists every problem of the options. If the key cannot sign, the first request throws it.
   *
   * @example
   * ```ts
   * import type { OAuth2Client } from "@grantkit/core";
   *
   * export const filesOf = (client: OAuth2Client, user: string, key: string) =>
   *   client.jwtBearerSession({ claims: { sub: user }, key, scope: ["files:read"] });
   * ```
   */
  jwtBearerSession(options: JwtBearerSessionOptions): OAuth2Session {
    const method = "jwtBearerSession()";
    const names = ["claims", "key", "algorithm", "keyId"];
    const fetchToken = (grant: GrantOptions & AssertionToSign) => this.fetchJwtBearerToken(grant);
    return openGrantedSession(this.#sessions, { method, names, fetchToken }, ownOptions(options));
  }

  /**
   * Opens a session whose token is kept in a {@link TokenStore}: loaded from there, refreshed by one process at a time,
   * and saved before any request goes on with it.
   *
   * @param options - The store and the record's key; the token, if the user has just signed in; and the options of any
   * session.
   * @throws OAuthError: `TOKEN_NOT_FOUND` when nothing is stored and no token is passed, `STORE_FAILED`,
   * `TOKEN_INVALID`; ConfigurationError that lists every problem of the options.
   *
   * @example
   * ```ts
   * import type { OAuth2Client, Token, TokenStore } from "@grantkit/core";
   *
   * // After a sign-in: saves the token over whatever is stored under the key.
   * export const signedIn = (client: OAuth2Client, store: TokenStore, userId: string, token: Token) =>
   *   client.storedSession({ store, key: userId, token });
   *
   * // Later, in any process:
   * export const sessionOf = (client: OAuth2Client, store: TokenStore, userId: string) =>
   *   client.storedSession({ store, key: userId });
   * ```
   */
  async storedSession(options: StoredSessionOptions): Promise<OAuth2Session<UserProfile>> {
    storedSessions ??= await import("./session/stored-session.ts");
    const { openStoredSession } = storedSessions;
    return await openStoredSession(this.#sessions, ownOptions(options));
  }
}
