import type { AxiosInstance } from "axios";
import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { Clock } from "./clock.ts";
import type { DpopOption } from "./dpop/dpop-prover.ts";
import type { Hooks } from "./hooks.ts";
import type { HttpOptions } from "./http/axios.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

/** What every client is made of, whatever its provider. */
export interface OAuth2ClientOptions {
  /** The client ID that the provider gave your app. */
  readonly clientId: string;
  /** The client secret that the provider gave your app; none for a public client. */
  readonly clientSecret?: string;
  /** Where the provider sends users back, exactly as registered with it; a client without browsers needs none. */
  readonly redirectUri?: string;
  /**
   * How the client proves who it is at the token endpoint.
   *
   * @defaultValue the provider's choice; `"none"` without a client secret
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * Where access tokens go.
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
   * Milliseconds for one whole exchange, connecting and body included.
   *
   * @defaultValue 10,000 for the provider's OAuth endpoints, 30,000 for its API
   */
  readonly timeout?: number;
  /**
   * How often a session repeats a request to the API that failed in a way that may pass: `GET`, `HEAD`, `PUT`, `DELETE` and
   * `OPTIONS` alone, after 429, 502, 503, 504 or a connection that was reset, as `Retry-After` says or after a
   * random pause. `false` for never.
   *
   * @defaultValue `2`
   */
  readonly retries?: number | false;
  /**
   * Called when a grant gave another scope than was asked for, or a refresh another one than before; the token is used
   * all the same. What it throws goes to the caller in the token's place, and of a refresh to nobody (an uncaught error).
   */
  readonly onScopeChange?: (change: ScopeChange, token: Token) => void;
  /**
   * Whether a grant that gives another scope than was asked for fails with `ScopeChangedError`, which has the token.
   *
   * @defaultValue `false`: it is reported by `token.scopeChange` and `onScopeChange`
   */
  readonly strictScope?: boolean;
  /**
   * Binds tokens to a key (DPoP, RFC 9449), which proves each request: off unless asked for.
   *
   * @defaultValue none
   */
  readonly dpop?: DpopOption;
  /** Hooks of this client; they run after the provider's. */
  readonly hooks?: Hooks;
  /** Time, for tests. */
  readonly clock?: Clock;
  /** Chance, from 0 to less than 1, for tests: it spreads refreshes and retries in time. Secrets do not come from it. */
  readonly random?: () => number;
}
