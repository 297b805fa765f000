import { ConfigurationError } from "@grantkit/core";
import {
  type CallbackInput,
  ownOptions,
  type RequestContext,
  type RequestSender,
  SessionRequests,
} from "@grantkit/core/requests";
import { TokenMissing, VerifierMissing } from "../errors.ts";
import type { OAuthValues } from "../signing/protocol-parameters.ts";
import { Signer } from "../signing/signer.ts";
import type { OAuth1Token } from "../token.ts";
import { authorizationUrlOf, type OAuth1Callback, readCallback } from "./authorization.ts";
import { requestContext } from "./request-context.ts";
import {
  type CheckedOptions,
  checkedOptions,
  givenTokens,
  nameOf,
  type OAuth1SessionOptions,
} from "./session-options.ts";
import { SessionToken } from "./session-token.ts";
import { SignatureAuthorizer } from "./signature-authorizer.ts";
import {
  type AccessTokenOptions,
  type AuthorizationUrlOptions,
  checkedCall,
  type OAuth1TokenRequestOptions,
  type OAuth1RefreshOptions,
  type RequestTokenOptions,
  type XAuthOptions,
} from "./token-request-options.ts";
import type { TokenRequest } from "./token-requests.ts";

/**
 * A session of OAuth 1.0a (RFC 5849): gets a token in three steps, and signs each request that it sends.
 *
 * A server makes a session for each request that it serves, from what it stores for the user: the request token during the
 * sign-in, the access token after it. Requests are those of `OAuth2Session`: `get`, `post`, … in axios's shape, `fetch` and
 * `axios()`. Code that takes either session has core's `Session` as its parameter.
 *
 * @example
 * ```ts
 * import { OAuth1Session, x } from "@grantkit/oauth1";
 *
 * const app = { provider: x(), clientKey: "my-app", clientSecret: process.env["X_SECRET"] ?? "" };
 *
 * // 1. Send the user to the provider; keep the request token in the user's session.
 * export async function signIn() {
 *   const session = new OAuth1Session({ ...app, callbackUri: "https://app.example.com/callback" });
 *   const requestToken = await session.fetchRequestToken();
 *   return { url: session.authorizationUrl(), requestToken };
 * }
 *
 * // 2. The user is back.
 * export async function callback(url: string, requestToken: Awaited<ReturnType<typeof signIn>>["requestToken"]) {
 *   const session = new OAuth1Session({ ...app, requestToken });
 *   session.parseAuthorizationResponse(url);
 *   const token = await session.fetchAccessToken(); // store it
 *   const { data } = await session.get("/1.1/account/verify_credentials.json");
 *   return { token, data };
 * }
 * ```
 */
export class OAuth1Session extends SessionRequests {
  readonly #name: string;
  readonly #options: CheckedOptions;
  readonly #context: RequestContext;
  readonly #signer: Signer;
  readonly #token: SessionToken;
  readonly #allowedOrigins: ReadonlySet<string> | undefined;
  /** Undefined once it is used. */
  #callbackUri: string | undefined;
  #realm: string | undefined;
  #verifier: string | undefined;
  #refreshUrl: string | undefined;

  /** @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. */
  constructor(given: OAuth1SessionOptions) {
    super();
    const options = checkedOptions(given);
    const { provider, allowedOrigins, onTokenUpdate } = options;
    this.#name = nameOf(provider);
    this.#options = options;
    this.#signer = new Signer(options, provider);
    this.#callbackUri = options.callbackUri;
    this.#realm = options.realm;
    this.#verifier = options.verifier;
    this.#refreshUrl = provider?.endpoints.accessToken;
    this.#allowedOrigins =
      allowedOrigins && new Set(allowedOrigins.map((origin) => new URL(origin).origin));
    this.#context = requestContext(this.#name, options);
    this.#token = new SessionToken(
      {
        provider: this.#name,
        clock: this.#context.client.clock,
        onTokenUpdate,
        refresh: ({ key, secret, sessionHandle = "" }, url = this.#refreshUrl) =>
          this.#fetchAccess(
            { url },
            { token: key, tokenSecret: secret, further: { oauth_session_handle: sessionHandle } },
          ),
        canRefresh: () => this.#refreshUrl !== undefined,
      },
      givenTokens(options),
    );
  }

  /** The access token; undefined before there is one. */
  get token(): OAuth1Token | undefined {
    return this.#token.access;
  }

  /** The request token of a sign-in under way: store it with the user's session until the callback. */
  get requestToken(): OAuth1Token | undefined {
    return this.#token.access ? undefined : this.#token.request;
  }

  /** Whether there is an access token. Requests on the app's own behalf are signed without one. */
  get authorized(): boolean {
    return this.#token.access !== undefined;
  }

  /**
   * The first step: gets a request token (RFC 5849 §2.1). It uses the session's callback and realm, each once.
   *
   * @throws ConfigurationError; TokenRequestDenied; OAuthError with code `CALLBACK_NOT_CONFIRMED`,
   * `TOKEN_RESPONSE_INVALID`, `NETWORK_ERROR`, `TIMEOUT`, …
   */
  async fetchRequestToken(options: RequestTokenOptions = {}): Promise<OAuth1Token> {
    const { realm, ...request } = checkedCall("fetchRequestToken", options, this.#name);
    const callback = this.#callbackUri;
    if (callback === undefined) {
      throw new ConfigurationError(
        "OAuth1Session",
        [
          'callbackUri is missing, or an earlier fetchRequestToken() used it: make a session with the callback URL, or with "oob" if the user types a code',
        ],
        this.#name,
      );
    }
    // Before waiting: of two sign-ins at once, both users would be sent to the provider with the later one's token.
    if (callback !== "oob") this.#callbackUri = undefined;
    const token = await this.#fetchToken("requestToken", request, {
      callback,
      realm: realm === undefined ? this.#realm : [realm].flat().join(" "),
    }).catch((error: unknown) => {
      this.#callbackUri = callback;
      throw error;
    });
    this.#realm = undefined;
    this.#verifier = undefined;
    this.#token.begin(token);
    return token;
  }

  /**
   * The second step: the URL to send the user to (RFC 5849 §2.2).
   *
   * @throws TokenMissing before there is a request token; ConfigurationError for a URL that cannot be used.
   */
  authorizationUrl(options: AuthorizationUrlOptions = {}): string {
    const own = checkedCall("authorizationUrl", options, this.#name);
    const { request } = this.#token;
    if (!request) {
      throw new TokenMissing("There is no request token yet: call fetchRequestToken() first.", {
        provider: this.#name,
      });
    }
    const { url = this.#options.provider?.endpoints.authorization, parameters } = own;
    const insecureHttp = this.#options.provider?.allowInsecureHttp ?? [];
    return authorizationUrlOf({ name: this.#name, insecureHttp }, url, request.key, parameters);
  }

  /**
   * Reads the callback: checks that it belongs to this session's request token, and keeps its verifier for
   * `fetchAccessToken()`.
   *
   * @param callback - The URL or its path, its query, or the request.
   * @throws TokenMissing, VerifierMissing, OAuthError with code `TOKEN_MISMATCH`, `ACCESS_DENIED`, `PROVIDER_ERROR` or
   * `CALLBACK_INVALID`; the session then stays as it was.
   */
  parseAuthorizationResponse(callback: CallbackInput): OAuth1Callback {
    const read = readCallback(this.#name, this.#token.request, callback);
    this.#verifier = read.verifier;
    return read;
  }

  /**
   * The third step: exchanges the request token and the verifier for an access token (RFC 5849 §2.3), with which the
   * session signs from then on. Store it.
   *
   * @throws TokenMissing, VerifierMissing, TokenRequestDenied, ConfigurationError, OAuthError.
   */
  async fetchAccessToken(options: AccessTokenOptions = {}): Promise<OAuth1Token> {
    const own = checkedCall("fetchAccessToken", options, this.#name);
    const { verifier = this.#verifier, ...rest } = own;
    const { request } = this.#token;
    const provider = this.#name;
    if (!request) {
      throw new TokenMissing("There is no request token: begin with fetchRequestToken().", {
        provider,
      });
    }
    if (typeof verifier !== "string" || verifier === "") {
      throw new VerifierMissing(
        "There is no verifier: pass the callback to parseAuthorizationResponse(), or the code that the user typed as { verifier }, a string.",
        { provider },
      );
    }
    // Before waiting: a callback that comes twice is exchanged once.
    const kept = this.#verifier;
    this.#verifier = undefined;
    const values = { token: request.key, tokenSecret: request.secret, verifier };
    const token = await this.#fetchAccess(rest, values).catch((error: unknown) => {
      // It may be tried again, unless another sign-in was begun meanwhile.
      if (this.#token.request === request) this.#verifier ??= kept;
      throw error;
    });
    this.#token.take(token);
    return token;
  }

  /**
   * Exchanges a user's name and password for an access token (xAuth), if the provider has enabled that for your app.
   *
   * @throws TokenRequestDenied, ConfigurationError, OAuthError.
   */
  async fetchXAuthToken(options: XAuthOptions): Promise<OAuth1Token> {
    const own = checkedCall("fetchXAuthToken", options, this.#name);
    const { username, password, ...request } = own;
    const parameters = {
      ...own.parameters,
      x_auth_username: username,
      x_auth_password: password,
      x_auth_mode: "client_auth",
    };
    const token = await this.#fetchAccess({ ...request, parameters, method: "POST" }, {});
    this.#token.take(token);
    return token;
  }

  /**
   * Refreshes the access token, if the provider gave a session handle with it (OAuth Session extension); requests do this
   * themselves once it has expired. It joins a refresh under way, and awaits `onTokenUpdate`.
   *
   * @throws TokenMissing when there is no session handle; TokenRequestDenied, OAuthError.
   */
  async refresh(options: OAuth1RefreshOptions = {}): Promise<OAuth1Token> {
    const { url } = checkedCall("refresh", options, this.#name);
    const { access } = this.#token;
    if (!access?.sessionHandle) {
      throw new TokenMissing(
        "There is no access token with a session handle (oauth_session_handle), which refreshing needs. Let the user sign in again.",
        { provider: this.#name },
      );
    }
    return this.#token.refresh(access, url);
  }

  /** What requests are sent with. */
  protected requesting(): object {
    return {
      context: this.#context,
      authorizer: new SignatureAuthorizer({
        provider: this.#name,
        signer: this.#signer,
        signatureType: this.#options.signatureType,
        token: this.#token,
        realm: this.#realm,
        secrets: this.#secrets,
      }),
      allowedOrigins: this.#allowedOrigins,
      retries: undefined,
    } satisfies RequestSender;
  }

  async #fetchAccess(request: AskedToken, values: OAuthValues): Promise<OAuth1Token> {
    const url = ownOptions(request).url ?? this.#options.provider?.endpoints.accessToken;
    const token = await this.#fetchToken("accessToken", request, { ...values, realm: this.#realm });
    // It gave a token, and so it refreshes tokens. As text: the caller may change a URL object later.
    this.#refreshUrl = String(url);
    return token;
  }

  async #fetchToken(
    endpoint: TokenRequest["endpoint"],
    request: AskedToken,
    values: OAuthValues,
  ): Promise<OAuth1Token> {
    const { provider, timeout } = this.#options;
    const { transport, clock } = this.#context.client;
    const headers = provider?.api?.headers;
    const context = {
      provider: this.#name,
      transport,
      clock,
      signer: this.#signer,
      signatureType: this.#options.signatureType,
      timeout,
      headersFor: (url: URL) => (this.#context.origins.isOwn(url) ? headers : undefined),
      secrets: this.#secrets,
    };
    const { fetchToken } = await import("./token-requests.ts");
    return await fetchToken(context, {
      method: provider?.tokenRequestMethods?.[endpoint] ?? "POST",
      ...request,
      url: ownOptions(request).url ?? provider?.endpoints[endpoint],
      endpoint,
      values,
    });
  }

  get #secrets(): readonly (string | undefined)[] {
    const { clientSecret, resourceOwnerKey, resourceOwnerSecret } = this.#options;
    return [clientSecret, resourceOwnerKey, resourceOwnerSecret, this.#verifier];
  }
}

/** What a session's methods choose of a request for a token. */
interface AskedToken extends Omit<OAuth1TokenRequestOptions, "url"> {
  readonly url?: string | URL | undefined;
  readonly method?: "GET" | "POST";
}
