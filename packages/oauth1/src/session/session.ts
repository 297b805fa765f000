import { ConfigurationError } from "@grantkit/core";
import {
  SessionRequests,
  type CallbackInput,
  type RequestContext,
  type RequestSender,
} from "@grantkit/core/requests";
import { TokenMissing, VerifierMissing } from "../errors.ts";
import { Signer } from "../signing/signer.ts";
import type { OAuth1Token } from "../token.ts";
import { authorizationUrlOf } from "./authorization-url.ts";
import { type OAuth1Callback, readCallback } from "./callback.ts";
import { requestContext } from "./request-context.ts";
import {
  checkedOptions,
  givenTokens,
  nameOf,
  type OAuth1SessionOptions,
  signingOptions,
} from "./session-options.ts";
import { SessionToken } from "./session-token.ts";
import { SignatureAuthorizer } from "./signature-authorizer.ts";
import { askForAccessToken, askForRequestToken } from "./token-endpoints.ts";
import {
  type AccessTokenOptions,
  type OAuth1TokenRequestOptions,
  type RequestTokenOptions,
  urlAndOptions,
  urlAndRest,
} from "./token-request-options.ts";
import { joinedRealm, xAuthParameters } from "./token-request-parameters.ts";
import type { TokenRequest, TokenRequestContext } from "./token-requests.ts";

/**
 * A session of OAuth 1.0a (RFC 5849): the three steps that get a token, and requests that are signed by themselves.
 *
 * A server makes one for each request that it serves, from what it keeps of the user: the request token while the user is
 * away, the access token afterwards. The same requests as `OAuth2Session`: `get`, `post`, … in axios's shape, `fetch`, and
 * `axios()`; code over either takes core's `Session`.
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
 *   const token = await session.fetchAccessToken(); // keep it
 *   const { data } = await session.get("/1.1/account/verify_credentials.json");
 *   return { token, data };
 * }
 * ```
 */
export class OAuth1Session extends SessionRequests {
  readonly #name: string;
  readonly #options: OAuth1SessionOptions;
  readonly #context: RequestContext;
  readonly #signer: Signer;
  readonly #signing: ReturnType<typeof signingOptions>;
  readonly #token: SessionToken;
  readonly #allowedOrigins: ReadonlySet<string> | undefined;
  /** Undefined when it is used up. */
  #callbackUri: string | undefined;
  #realm: string | undefined;
  #verifier: string | undefined;
  #renewalUrl: string | undefined;

  /** @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. */
  constructor(given: OAuth1SessionOptions) {
    super();
    const options = checkedOptions(given);
    const { provider, allowedOrigins, onTokenUpdate } = options;
    this.#name = nameOf(provider);
    this.#options = options;
    this.#signing = signingOptions(options);
    this.#signer = new Signer(this.#signing);
    this.#callbackUri = options.callbackUri;
    this.#realm = options.realm;
    this.#verifier = options.verifier;
    this.#renewalUrl = provider?.endpoints.accessToken;
    this.#allowedOrigins =
      allowedOrigins && new Set(allowedOrigins.map((origin) => new URL(origin).origin));
    this.#context = requestContext(this.#name, options);
    this.#token = new SessionToken(
      {
        provider: this.#name,
        clock: this.#context.client.clock,
        onTokenUpdate,
        renew: (token, url) => this.#renewed(token, url),
        canRenew: () => this.#renewalUrl !== undefined,
      },
      givenTokens(options),
    );
  }

  /** The access token; undefined before there is one. */
  get token(): OAuth1Token | undefined {
    return this.#token.access;
  }

  /** The request token of a sign-in that is under way: keep it in the user's session until the callback. */
  get requestToken(): OAuth1Token | undefined {
    return this.#token.access ? undefined : this.#token.request;
  }

  /** Whether there is an access token. Calls on the app's own behalf are signed without one. */
  get authorized(): boolean {
    return this.#token.access !== undefined;
  }

  /**
   * The first step: asks for a request token (RFC 5849 §2.1). Callback and realm are used up then.
   *
   * @param url - Where the provider gives request tokens; a session with a provider knows.
   * @throws ConfigurationError; TokenRequestDenied; OAuthError with code `CALLBACK_NOT_CONFIRMED`,
   * `TOKEN_RESPONSE_INVALID`, `NETWORK_ERROR`, `TIMEOUT`, …
   */
  fetchRequestToken(url?: string | URL, options?: RequestTokenOptions): Promise<OAuth1Token>;
  /** The same, of a session with a provider. */
  fetchRequestToken(options?: RequestTokenOptions): Promise<OAuth1Token>;
  async fetchRequestToken(
    ...given: [(string | URL | RequestTokenOptions)?, RequestTokenOptions?]
  ): Promise<OAuth1Token> {
    const [url, options] = urlAndOptions(given, "realm", this.#name);
    const { provider } = this.#options;
    const realm =
      options.realm === undefined ? this.#realm : joinedRealm(this.#name, options.realm);
    const callback = this.#callbackUri;
    if (callback === undefined) {
      throw new ConfigurationError(
        "OAuth1Session",
        [
          'callbackUri is missing, or was used by an earlier fetchRequestToken(): make a session with the URL that the user comes back to, or with "oob" for a code that the user types',
        ],
        this.#name,
      );
    }
    // At once: of two sign-ins under way, both users would be sent away with the later one's request token.
    if (callback !== "oob") this.#callbackUri = undefined;
    const reply = await askForRequestToken(this.#tokenRequests, {
      url: url ?? provider?.endpoints.requestToken,
      method: provider?.tokenRequestMethods?.requestToken,
      protocol: { callback, realm },
      parameters: options.parameters,
      signal: options.signal,
    }).catch((error: unknown) => {
      this.#callbackUri = callback;
      throw error;
    });
    this.#realm = undefined;
    this.#verifier = undefined;
    this.#token.begin(reply);
    return reply;
  }

  /**
   * The second step: where to send the user (RFC 5849 §2.2).
   *
   * @param url - The provider's page; a session with a provider knows.
   * @param parameters - What the provider wants to know besides, for example `{ perms: "write" }`.
   * @throws TokenMissing before there is a request token; ConfigurationError for a URL that cannot be used.
   */
  authorizationUrl(url?: string | URL, parameters?: Readonly<Record<string, string>>): string;
  /** The same, of a session with a provider. */
  authorizationUrl(parameters?: Readonly<Record<string, string>>): string;
  authorizationUrl(
    ...given: [
      (string | URL | Readonly<Record<string, string>>)?,
      Readonly<Record<string, string>>?,
    ]
  ): string {
    const [url, parameters] = urlAndRest(given);
    const { request } = this.#token;
    if (!request) {
      throw new TokenMissing("There is no request token yet: call fetchRequestToken() first.", {
        provider: this.#name,
      });
    }
    const page = url ?? this.#options.provider?.endpoints.authorization;
    return authorizationUrlOf(this.#name, page, request.key, parameters);
  }

  /**
   * The user is back: checks that the callback answers this session's request token, and keeps its verifier for
   * `fetchAccessToken()`.
   *
   * @param callback - The URL (a path will do), its query, or the request.
   * @throws TokenMissing, VerifierMissing, OAuthError with code `TOKEN_MISMATCH`, `ACCESS_DENIED`, `PROVIDER_ERROR` or
   * `CALLBACK_INVALID`; nothing is sent or changed then.
   */
  parseAuthorizationResponse(callback: CallbackInput): OAuth1Callback {
    const reading = { provider: this.#name, requestToken: this.#token.request };
    const read = readCallback(reading, callback);
    this.#verifier = read.verifier;
    return read;
  }

  /**
   * The third step: the request token and the verifier become an access token (RFC 5849 §2.3), which the session signs with
   * from then on. Keep it.
   *
   * @param url - Where the provider gives access tokens; a session with a provider knows.
   * @throws TokenMissing, VerifierMissing, TokenRequestDenied, ConfigurationError, OAuthError.
   */
  fetchAccessToken(url?: string | URL, options?: AccessTokenOptions): Promise<OAuth1Token>;
  /** The same, of a session with a provider. */
  fetchAccessToken(options?: AccessTokenOptions): Promise<OAuth1Token>;
  async fetchAccessToken(
    ...given: [(string | URL | AccessTokenOptions)?, AccessTokenOptions?]
  ): Promise<OAuth1Token> {
    const [url, options] = urlAndOptions(given, "verifier", this.#name);
    const { request } = this.#token;
    const provider = this.#name;
    if (!request) {
      throw new TokenMissing("There is no request token: begin with fetchRequestToken().", {
        provider,
      });
    }
    const verifier = options.verifier ?? this.#verifier;
    if (typeof verifier !== "string" || verifier === "") {
      throw new VerifierMissing(
        "There is no verifier: pass the callback to parseAuthorizationResponse(), or the code that the user typed as { verifier }, a string.",
        { provider },
      );
    }
    const target = url ?? this.#options.provider?.endpoints.accessToken;
    // At once: a callback that comes twice is exchanged once.
    const kept = this.#verifier;
    this.#verifier = undefined;
    const token = await this.#fetchAccess(
      target,
      { token: request.key, tokenSecret: request.secret, verifier },
      options,
    ).catch((error: unknown) => {
      // It may be tried again, unless another sign-in was begun meanwhile.
      if (this.#token.request === request) this.#verifier ??= kept;
      throw error;
    });
    this.#token.take(token);
    return token;
  }

  /**
   * An access token for a name and a password (xAuth), where a provider has agreed to that with your app.
   *
   * @param url - Where the provider gives access tokens; a session with a provider knows.
   * @throws TokenRequestDenied, ConfigurationError, OAuthError.
   */
  async fetchXAuthToken(
    credentials: { readonly username: string; readonly password: string },
    url?: string | URL,
    options: OAuth1TokenRequestOptions = {},
  ): Promise<OAuth1Token> {
    const parameters = { ...options.parameters, ...xAuthParameters(this.#name, credentials) };
    const target = url ?? this.#options.provider?.endpoints.accessToken;
    const token = await this.#fetchAccess(target, {}, { ...options, parameters }, "POST");
    this.#token.take(token);
    return token;
  }

  /**
   * Renews the access token now, where the provider gave a session handle with it (OAuth Session extension); requests do
   * so by themselves when it has expired. Joins a renewal that is under way, and awaits `onTokenUpdate`.
   *
   * @throws TokenMissing when there is nothing to renew with; TokenRequestDenied, OAuthError.
   */
  async renewToken(url?: string | URL): Promise<OAuth1Token> {
    const { access } = this.#token;
    if (!access?.sessionHandle) {
      throw new TokenMissing(
        "There is no access token with a session handle (oauth_session_handle): the provider does not renew tokens. Let the user sign in again.",
        { provider: this.#name },
      );
    }
    return this.#token.renew(access, url);
  }

  /** What requests are sent with. */
  protected requesting(): object {
    return {
      context: this.#context,
      authorizer: new SignatureAuthorizer({
        provider: this.#name,
        signer: this.#signer,
        signatureType: this.#signing.signatureType,
        token: this.#token,
        realm: this.#realm,
        secrets: this.#secrets,
      }),
      allowedOrigins: this.#allowedOrigins,
      retries: undefined,
    } satisfies RequestSender;
  }

  #renewed(
    { key, secret, sessionHandle }: OAuth1Token,
    url: string | URL | undefined,
  ): Promise<OAuth1Token> {
    const further = { oauth_session_handle: sessionHandle ?? "" };
    const target = url ?? this.#renewalUrl;
    return this.#fetchAccess(target, { token: key, tokenSecret: secret, further }, {});
  }

  async #fetchAccess(
    url: string | URL | undefined,
    protocol: TokenRequest["protocol"],
    { parameters, signal }: OAuth1TokenRequestOptions,
    method = this.#options.provider?.tokenRequestMethods?.accessToken,
  ): Promise<OAuth1Token> {
    const token = await askForAccessToken(this.#tokenRequests, {
      url,
      method,
      protocol: { ...protocol, realm: this.#realm },
      parameters,
      signal,
    });
    // One that gave a token. As text: a URL of the caller's could be changed later.
    this.#renewalUrl = String(url);
    return token;
  }

  get #tokenRequests(): TokenRequestContext {
    const { transport, clock, provider } = this.#context.client;
    return {
      provider: this.#name,
      transport,
      clock,
      signer: this.#signer,
      signatureType: this.#signing.signatureType,
      timeout: this.#options.timeout,
      headersFor: (url) => (this.#context.origins.isOwn(url) ? provider.api?.headers : undefined),
      secrets: this.#secrets,
    };
  }

  get #secrets(): readonly (string | undefined)[] {
    const { clientSecret, resourceOwnerKey, resourceOwnerSecret } = this.#options;
    return [clientSecret, resourceOwnerKey, resourceOwnerSecret, this.#verifier];
  }
}
