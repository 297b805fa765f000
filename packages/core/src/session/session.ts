import { bindWhenRead } from "../bound-methods.ts";
import { publishError } from "../diagnostics.ts";
import { checkedPlacement, type ResolvedPlacement } from "../tokens/token-placement.ts";
import type { ExpiredToken } from "../tokens/expired-token.ts";
import type { UserInfoClient } from "../endpoints/user-info.ts";
import type { Profile } from "../profile.ts";
import type { Token } from "../tokens/token.ts";
import { SessionRequests } from "../requests/session-requests.ts";
import { type RequestSender, tokenForTarget } from "../requests/request-context.ts";
import type { Revocation } from "./revoke-session.ts";
import { contextOf, type SessionContext } from "./session-context.ts";
import type { InternalSessionOptions } from "./session-options.ts";
import { SessionToken } from "./session-token.ts";
import { TokenAuthorizer } from "./token-authorizer.ts";
import type { TokenSource } from "../refresh/token-source.ts";

let tokenToSend: (session: OAuth2Session, signal?: AbortSignal) => Promise<Token> | Token;

/**
 * Gives the token that a session's next request would send, refreshed or fetched if that is due.
 *
 * @param signal - Ends the wait; the refresh goes on for the other callers.
 * @throws OAuthError when there is none.
 */
export async function usableTokenOf(session: OAuth2Session, signal?: AbortSignal): Promise<Token> {
  return tokenToSend(session, signal);
}

let senderOf: (session: OAuth2Session) => RequestSender;

/** Gives what a session's requests are sent with. */
export function requestSenderOf(session: OAuth2Session): RequestSender {
  return senderOf(session);
}

let newSession: (
  context: SessionContext,
  source: TokenSource,
  options: InternalSessionOptions,
) => OAuth2Session;

/** Makes a session with options that were checked; its constructor is private, so that what sessions share stays inside the package. */
export function createSession<UserProfile extends Profile>(
  context: SessionContext,
  source: TokenSource,
  options: InternalSessionOptions,
): OAuth2Session<UserProfile> {
  return newSession(context, source, options) as OAuth2Session<UserProfile>;
}

/**
 * Sends requests to a provider's API for one user, or for the app itself: it places the token, refreshes it and saves
 * it, and sends it to the provider's API and to `allowedOrigins` only. Sessions are cheap: a server makes one for each
 * request that it serves.
 *
 * `get`, `post` and the others work as in axios, and throw axios's errors, without the token in them; `fetch` works as the
 * platform's. If the session itself refuses a request, it throws an `OAuthError`.
 *
 * @typeParam UserProfile - What `profile()` resolves to: {@link Profile}, or the provider's own, which has more fields.
 */
export class OAuth2Session<UserProfile extends Profile = Profile> extends SessionRequests {
  readonly #context: SessionContext;
  readonly #token: SessionToken;
  readonly #placement: ResolvedPlacement;
  readonly #allowedOrigins: ReadonlySet<string> | undefined;
  readonly #retries: number | false | undefined;
  readonly #expiredToken: ExpiredToken | undefined;
  readonly #settlingSeconds: number | undefined;
  #sender: RequestSender | undefined;

  /** Sessions are made by the methods of `OAuth2Client`. */
  private constructor(
    context: SessionContext,
    source: TokenSource,
    options: InternalSessionOptions,
  ) {
    super();
    const { client, registry } = context;
    this.#context = contextOf(context, source);
    this.#retries = options.retries;
    this.#expiredToken = options.expiredToken ?? client.provider.expiredToken;
    this.#settlingSeconds = options.settlingSeconds;
    this.#token = new SessionToken(client.provider, registry, client.clock, source, options);
    this.#placement = options.tokenPlacement
      ? checkedPlacement(options.tokenPlacement)
      : context.placement;
    this.#allowedOrigins =
      options.allowedOrigins &&
      new Set(options.allowedOrigins.map((origin) => new URL(origin).origin));
  }

  static {
    bindWhenRead(OAuth2Session.prototype);
    newSession = (context, source, options) => new OAuth2Session(context, source, options);
    tokenToSend = (session, signal) => session.#token.usable(signal);
    senderOf = (session) => session.requesting() as RequestSender;
  }

  /**
   * The newest token, also when another session of the same client refreshed it.
   *
   * @throws OAuthError with code `TOKEN_NOT_FOUND` before a session that gets its own tokens has sent its first request.
   */
  get token(): Token {
    return this.#token.issued;
  }

  /** Whether the session can authorize requests: false if its token was revoked, or has expired and cannot be refreshed. */
  get authorized(): boolean {
    return this.#token.authorized;
  }

  /**
   * Refreshes the token now, whether or not it has expired, or joins the refresh under way. A session with a store takes
   * a newer token from there instead. A session that gets its own tokens gets a new one.
   *
   * @throws OAuthError: `REFRESH_TOKEN_MISSING`, `INVALID_GRANT`, `TOKEN_UPDATE_FAILED`, `SESSION_ENDED`, and errors of the
   * network or the store, such as `NETWORK_ERROR` and `STORE_FAILED`.
   */
  refresh(): Promise<Token> {
    return this.#told(this.#token.refresh());
  }

  /**
   * Ends the session: deletes the token from the session and the store, then has the provider revoke it: both halves at the
   * revocation endpoint (RFC 7009), or in the provider's own way. All sessions of this client with the same token end: their
   * requests fail with `SESSION_ENDED` before anything is sent. If a refresh is under way, its new token is discarded and
   * revoked too.
   *
   * @returns Whether the provider has revoked the token: a few have no way to do so.
   * @throws OAuthError when the provider cannot be reached or refuses (`NETWORK_ERROR`, `INVALID_CLIENT`, …), or when the
   * store fails (`STORE_FAILED`); the session has ended in that case too. Call `revoke()` again on the same session to
   * repeat the steps that failed. ConfigurationError when the server's metadata name a revocation endpoint that cannot be
   * used; nothing has changed then.
   *
   * @example
   * ```ts
   * import { isOAuthError, type OAuth2Session } from "@grantkit/core";
   *
   * export async function signOut(session: OAuth2Session): Promise<void> {
   *   await session.revoke().catch((error: unknown) => {
   *     if (!isOAuthError(error) || !error.retryable) throw error;
   *   });
   * }
   * ```
   */
  async revoke(): Promise<Revocation> {
    const { revokeSession } = await import("./revoke-session.ts");
    return this.#told(revokeSession(this.#context, this.#token.source));
  }

  /**
   * Fetches the user info, in the provider's own field names. At a provider with neither an endpoint nor a function for it
   * these are the claims of the verified ID token.
   *
   * @throws OAuthError: `API_REQUEST_FAILED`, `TOKEN_REJECTED`, `USER_INFO_INVALID` for an answer that is no user (without
   * `sub` at an OpenID provider: Core §5.3.2), `SUBJECT_MISMATCH`, `RESPONSE_TOO_LARGE` above 1 MiB, or
   * `REDIRECT_REFUSED` for a redirect to another origin (§5.3.4).
   */
  async userInfo(): Promise<Readonly<Record<string, unknown>>> {
    const { fetchUserInfo } = await import("../endpoints/user-info.ts");
    return this.#told(this.#atBase(() => fetchUserInfo(this.#userInfoClient, this)));
  }

  /**
   * Fetches the user info as a {@link Profile}, whose fields are the same for all providers.
   *
   * @throws OAuthError as {@link OAuth2Session.userInfo} does; `USER_INFO_INVALID` also for a profile without an id.
   */
  async profile(): Promise<UserProfile> {
    const { fetchProfile } = await import("../endpoints/user-info.ts");
    const profile = this.#atBase(() => fetchProfile(this.#userInfoClient, this));
    return this.#told(profile as Promise<UserProfile>);
  }

  /** Does some work that resolves URLs, when there is the token that they depend on. */
  #atBase<Result>(work: () => Promise<Result>): Promise<Result> {
    const sender = this.requesting() as RequestSender;
    return tokenForTarget(sender, "", false, undefined, undefined)?.then(work) ?? work();
  }

  /** @throws OAuthError when the session has ended: the user info of some providers needs no request that would fail. */
  get #userInfoClient(): UserInfoClient {
    const { client, origins } = this.#context;
    const { ended } = this.#token.source;
    if (ended) throw ended;
    return {
      provider: client.provider,
      clientId: client.clientId,
      secrets: client.secret.known,
      verifiesIdTokens: client.idTokens.supported,
      verifyUserInfo: (jwt) => client.idTokens.verifyUserInfo(jwt),
      resolve: (url) => origins.resolveUnguarded(url),
      now: () => client.clock.now(),
    };
  }

  /** Publishes the error of some work. */
  #told<Result>(work: Promise<Result>): Promise<Result> {
    return work.catch((error: unknown) => {
      publishError(this.#context.client.provider.name, error);
      throw error;
    });
  }

  /** What requests are sent with, made by the first of them. */
  protected requesting(): object {
    return (this.#sender ??= {
      context: this.#context,
      authorizer: new TokenAuthorizer({
        context: this.#context,
        token: this.#token,
        placement: this.#placement,
        allowedOrigins: this.#allowedOrigins,
        expiredToken: this.#expiredToken,
        settlingSeconds: this.#settlingSeconds,
      }),
      allowedOrigins: this.#allowedOrigins,
      retries: this.#retries,
    });
  }
}
