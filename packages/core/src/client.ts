import type { CallbackInput } from "./authorization/callback-parameters.ts";
import {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  buildAuthorizationRequest,
} from "./authorization/request.ts";
import type { ClientContext } from "./client-context.ts";
import { clientOptionProblems, type OAuth2ClientOptions } from "./client-options.ts";
import { systemClock } from "./clock.ts";
import { ConfigurationError } from "./errors/configuration-error.ts";
import type { RefreshOptions } from "./grants/refresh-token.ts";
import { HookChain } from "./hooks.ts";
import { ApiOrigins } from "./http/api-target.ts";
import { checkedPlacement } from "./http/token-placement.ts";
import { Transport } from "./http/transport.ts";
import type { IdTokenClaims } from "./oidc/claims.ts";
import { IdTokenVerifier, type VerifyIdTokenOptions } from "./oidc/id-token-verifier.ts";
import type { Profile } from "./profile.ts";
import { isProvider, type Provider } from "./provider.ts";
import { RefreshRegistry } from "./session/refresh-registry.ts";
import { createSession, type OAuth2Session } from "./session/session.ts";
import type { SessionContext } from "./session/session-context.ts";
import type { SessionOptions } from "./session/session-options.ts";
import { Token } from "./tokens/token.ts";
import type { TokenRecord } from "./tokens/token-record.ts";

const ENDPOINT_TIMEOUT = 10_000;
const API_TIMEOUT = 30_000;

/**
 * An OAuth 2.0 client: a provider and your app's credentials at it, one method a grant. Make one for each
 * provider and keep it: it holds the connections, the provider's keys and the refreshes under way.
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
 */
export class OAuth2Client<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> {
  /** The provider. */
  readonly provider: Provider<Scope, AuthorizationOptions>;
  // Private: the client secret is in it.
  readonly #context: ClientContext;
  readonly #sessions: SessionContext;

  /**
   * @param provider - From `defineProvider`; or a function that defines it, so that its problems and those of
   * the options come in one error.
   * @param options - Your app's credentials and how requests are made.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(
    provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
    options: OAuth2ClientOptions,
  ) {
    const checked = check(provider, options);
    this.provider = checked;
    this.#context = contextOf(checked, options);
    this.#sessions = sessionsOf(this.#context, options);
  }

  /**
   * Begins a sign-in with an authorization code (RFC 6749 §4.1): PKCE S256, state and, for OpenID Connect,
   * nonce are always in.
   *
   * @param options - Scope, redirect URI, and the provider's own options.
   * @returns Plain JSON to keep in the user's session until the callback; send the user to its `url`.
   * @throws ConfigurationError that lists what is wrong with the options.
   */
  authorizationRequest(
    options: AuthorizationRequestOptions<Scope> &
      AuthorizationOptions = {} as AuthorizationRequestOptions<Scope> & AuthorizationOptions,
  ): Promise<AuthorizationRequest> {
    return buildAuthorizationRequest(this.#context, options);
  }

  /**
   * Ends a sign-in: checks the callback against its request, exchanges the code, and verifies the ID token.
   * The order is state, iss, error, code: what the callback says is believed only when its state is right.
   *
   * @param callback - The callback's URL or path, its query, or the whole `Request` (form_post too).
   * @param request - What {@link OAuth2Client.authorizationRequest} returned; use it once.
   * @throws OAuthError. Before the token endpoint is asked: `STATE_MISMATCH`, `ISSUER_MISMATCH`,
   * `PROVIDER_MISMATCH`, `TRANSACTION_EXPIRED`, `CALLBACK_INVALID`, `CODE_MISSING`, `ACCESS_DENIED` and the
   * provider's other errors. After it: `INVALID_GRANT`, `INVALID_CLIENT`, `TOKEN_RESPONSE_INVALID`,
   * `ID_TOKEN_INVALID`, `NETWORK_ERROR`, `TIMEOUT`, ….
   */
  async fetchToken(callback: CallbackInput, request: AuthorizationRequest): Promise<Token> {
    const { exchangeCode } = await import("./grants/authorization-code.ts");
    return exchangeCode(this.#context, callback, request);
  }

  /**
   * Refreshes a token (RFC 6749 §6). Calls for one token share one request, and a token that this client has
   * refreshed a moment ago is answered with what came of it. The refresh token stays when the answer has none.
   *
   * @param token - A token, or a stored one.
   * @param options - A smaller scope; such a refresh stands alone.
   * @throws OAuthError: `REFRESH_TOKEN_MISSING`; `INVALID_GRANT` when the user has to sign in again;
   * `retryable` is true on those that may pass.
   */
  async refreshToken(token: Token | TokenRecord, options: RefreshOptions = {}): Promise<Token> {
    const known = Token.from(token);
    if (options.scope === undefined) return this.#sessions.registry.renew(known, undefined);
    const { exchangeRefreshToken } = await import("./grants/refresh-token.ts");
    return exchangeRefreshToken(this.#context, this.#sessions.registry.newest(known), options);
  }

  /**
   * The user as the provider describes them, by the provider's own names.
   *
   * @param token - A token, or a stored one; it is not refreshed.
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, `API_REQUEST_FAILED`,
   * `USER_INFO_INVALID`, `SUBJECT_MISMATCH`.
   */
  userInfo(token: Token | TokenRecord): Promise<Readonly<Record<string, unknown>>> {
    return this.session(token, { refresh: "manual" }).userInfo();
  }

  /**
   * The user as the common {@link Profile}.
   *
   * @param token - A token, or a stored one; it is not refreshed.
   * @throws OAuthError as {@link OAuth2Client.userInfo} does.
   */
  profile(token: Token | TokenRecord): Promise<Profile> {
    return this.session(token, { refresh: "manual" }).profile();
  }

  /**
   * Verifies an ID token: its signature with the provider's published keys, and iss, aud, azp, exp, iat, nbf,
   * and what the options ask for (OpenID Connect Core §3.1.3.7).
   *
   * @param jwt - The ID token, for example a credential that a browser sent.
   * @param options - The nonce that was sent, and further conditions.
   * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
   * `KEY_SET_UNAVAILABLE`; ConfigurationError when the provider has no keys.
   */
  verifyIdToken(jwt: string, options: VerifyIdTokenOptions = {}): Promise<IdTokenClaims> {
    return this.#context.idTokens.verify(jwt, options);
  }

  /**
   * A session: requests to the provider's API with a token that is placed, refreshed and saved by itself.
   *
   * @param token - A token, or a stored one.
   * @param options - How to save, when to refresh, where the token goes.
   * @throws OAuthError with code `TOKEN_INVALID` for what is no stored token; ConfigurationError for bad options.
   */
  session(token: Token | TokenRecord, options: SessionOptions = {}): OAuth2Session {
    return createSession(this.#sessions, Token.from(token), options);
  }
}

function check<Scope extends string, AuthorizationOptions extends object>(
  provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
  options: OAuth2ClientOptions,
): Provider<Scope, AuthorizationOptions> {
  const problems: string[] = [];
  let defined: Provider<Scope, AuthorizationOptions> | undefined;
  try {
    defined = typeof provider === "function" ? provider() : provider;
    if (!isProvider(defined)) problems.push("provider must come from defineProvider({ … })");
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  problems.push(...clientOptionProblems(options));
  if (problems.length > 0 || !defined) {
    throw new ConfigurationError("The client", problems, defined?.name);
  }
  return defined;
}

function contextOf(provider: Provider, options: OAuth2ClientOptions): ClientContext {
  const { clientId, clientSecret, redirectUri, clock = systemClock, timeout } = options;
  const transport = new Transport(provider.name, clock, options.http);
  return {
    provider,
    clientId,
    clientSecret,
    redirectUri,
    clientAuthentication:
      options.clientAuthentication ??
      (clientSecret === undefined ? "none" : provider.clientAuthentication),
    transport,
    hooks: new HookChain(provider.hooks, options.hooks),
    clock,
    endpointTimeout: timeout ?? ENDPOINT_TIMEOUT,
    apiTimeout: timeout ?? API_TIMEOUT,
    idTokens: new IdTokenVerifier(provider, clientId, transport, clock),
  };
}

function sessionsOf(client: ClientContext, options: OAuth2ClientOptions): SessionContext {
  const { provider, clock } = client;
  const { userInfo } = provider.endpoints;
  return {
    client,
    registry: new RefreshRegistry(
      provider.name,
      async (token) => {
        const { exchangeRefreshToken } = await import("./grants/refresh-token.ts");
        return exchangeRefreshToken(client, token);
      },
      () => clock.now(),
    ),
    origins: new ApiOrigins(
      provider.name,
      provider.api,
      userInfo?.startsWith("/") === false ? [userInfo] : [],
    ),
    placement: checkedPlacement(options.tokenPlacement ?? provider.tokenPlacement),
    fetch: options.fetch,
  };
}
