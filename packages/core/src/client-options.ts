import type { AxiosInstance } from "axios";
import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { ClientSecretSource } from "./oidc/client-secret.ts";
import type { Clock } from "./clock.ts";
import type { DpopOption } from "./dpop/dpop-prover.ts";
import type { Hooks } from "./hooks.ts";
import type { HttpOptions } from "./http/http-options.ts";
import type { RateLimitWaitFunction } from "./requests/rate-limit-wait.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

/** Options of every client, whatever its provider. */
export interface OAuth2ClientOptions {
  /** The client ID that the provider gave your app. */
  readonly clientId: string;
  /**
   * The client secret that the provider gave your app; a public client has none. Or a function that gives it, for a secret
   * that expires or is rotated (`signedClientSecret()` for Apple).
   */
  readonly clientSecret?: string | ClientSecretSource;
  /** The callback URL, exactly as registered with the provider; needed only for sign-ins with a browser. */
  readonly redirectUri?: string;
  /**
   * How the client authenticates at the provider's OAuth endpoints.
   *
   * @defaultValue the provider's choice; `"none"` without a client secret
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * Where access tokens go in requests (RFC 6750 §2).
   *
   * @defaultValue the provider's choice
   */
  readonly tokenPlacement?: TokenPlacement;
  /**
   * Defaults for axios (proxy, agents, certificates, headers, adapter), or an axios instance of yours, whose interceptors
   * see requests to the API before the token is placed. The defaults are read once: later changes to the object have no
   * effect. With this option, `session.fetch` sends through axios too, unless the `fetch` option is given.
   */
  readonly http?: HttpOptions | AxiosInstance;
  /**
   * The `fetch` function that `session.fetch` calls; the `http` option does not apply to it.
   *
   * @defaultValue the platform's, or axios where the `http` option is given
   */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * The longest time for one whole exchange in milliseconds: connecting, retries, redirects and the body included.
   *
   * @defaultValue 10,000 for the provider's OAuth endpoints and its key set, 30,000 for its API
   */
  readonly timeout?: number;
  /**
   * How many times a request is retried after a transient failure: status 429, 502, 503 or 504, or a connection reset.
   * Requests to the API are retried when their method is `GET`, `HEAD`, `PUT`, `DELETE` or `OPTIONS`; requests to OAuth
   * endpoints when they spend and rotate nothing: metadata, client credentials, introspection, device and pushed
   * authorization requests. The pause is as `Retry-After` says, or random. `false` for never.
   *
   * @defaultValue `2`
   */
  readonly retries?: number | false;
  /** How long a request waits for a rate limit of the API before it is sent again; see {@link RateLimitWaitFunction}. */
  readonly rateLimitWait?: RateLimitWaitFunction;
  /**
   * Called when the granted scope differs from the requested one, and when a refresh changes the granted scope. The token is
   * used in both cases. The function is awaited. If it throws, the grant throws its error and returns no token; a refresh
   * saves its token first, and then throws the error.
   */
  readonly onScopeChange?: (change: ScopeChange, token: Token) => void | Promise<void>;
  /**
   * Whether a grant throws `ScopeChangedError`, which has the token, if the granted scope differs from the requested one.
   *
   * @defaultValue `false`: `token.scopeChange` and `onScopeChange` report it
   */
  readonly strictScope?: boolean;
  /**
   * Seconds by which this machine's clock and the provider's may differ, from 0 to 3600: the one tolerance of `iat`, `nbf`
   * and `exp` of ID tokens, at a sign-in and a refresh, and of logout tokens. A larger difference fails with `CLOCK_SKEW`
   * where the provider sends its time, and is published once as a `grantkit:warning` from half a minute on.
   *
   * @defaultValue `300`
   */
  readonly clockTolerance?: number;
  /**
   * Binds tokens to a key, which signs a proof for each request (DPoP, RFC 9449).
   *
   * @defaultValue none
   */
  readonly dpop?: DpopOption;
  /** Hooks of this client; they run after the provider's. */
  readonly hooks?: Hooks;
  /** The clock, for tests. */
  readonly clock?: Clock;
  /** Returns random numbers from 0 to less than 1 for the jitter of refreshes and retries; for tests. Secrets do not use it. */
  readonly random?: () => number;
}
