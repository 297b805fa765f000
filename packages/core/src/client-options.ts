import type { AxiosInstance } from "axios";
import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { Clock } from "./clock.ts";
import type { DpopOption } from "./dpop/dpop-prover.ts";
import type { Hooks } from "./hooks.ts";
import type { HttpOptions } from "./http/http-options.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

/** Options of every client, whatever its provider. */
export interface OAuth2ClientOptions {
  /** The client ID that the provider gave your app. */
  readonly clientId: string;
  /** The client secret that the provider gave your app; a public client has none. */
  readonly clientSecret?: string;
  /** The callback URL, exactly as registered with the provider; a client without browsers needs none. */
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
   * Defaults for axios (proxy, agents, certificates, headers, adapter), read once for one object, or an axios instance of
   * yours, whose interceptors see requests to the API before the token is placed. They hold for `session.fetch` too,
   * which axios then sends unless the `fetch` option is given.
   */
  readonly http?: HttpOptions | AxiosInstance;
  /**
   * The `fetch` that `session.fetch` sends with; the `http` option does not reach it.
   *
   * @defaultValue the platform's, or axios where the `http` option is given
   */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * The longest time for one whole exchange in milliseconds, connecting and body included.
   *
   * @defaultValue 10,000 for the provider's OAuth endpoints, 30,000 for its API
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
  /**
   * Called when a grant gave another scope than the requested one, or a refresh another one than before; the token is
   * used all the same. What it throws is thrown instead of returning the token; during a refresh it is an uncaught error.
   */
  readonly onScopeChange?: (change: ScopeChange, token: Token) => void;
  /**
   * Whether a grant with another scope than the requested one fails with `ScopeChangedError`, which has the token.
   *
   * @defaultValue `false`: `token.scopeChange` and `onScopeChange` report it
   */
  readonly strictScope?: boolean;
  /**
   * Binds tokens to a key that proves each request (DPoP, RFC 9449).
   *
   * @defaultValue none
   */
  readonly dpop?: DpopOption;
  /** Hooks of this client; they run after the provider's. */
  readonly hooks?: Hooks;
  /** The clock, for tests. */
  readonly clock?: Clock;
  /** A random number from 0 to less than 1, for tests: it spreads refreshes and retries. Secrets do not use it. */
  readonly random?: () => number;
}
