import type { ConsentChoice } from "./consent/click-through.ts";
import type { CustomFailure } from "./server/failures.ts";
import type { RecordedRequest } from "./server/request-log.ts";

/** Options that every emulator takes. */
export interface EmulatorOptions<User> {
  /**
   * TCP port on 127.0.0.1; 0 takes a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number;
  /**
   * Client id (Facebook: app id, OAuth 1.0a: consumer key) of the one registered application.
   *
   * @defaultValue a fixed one, to be read from the emulator's `clientId`
   */
  readonly clientId?: string;
  /**
   * Client secret of the one registered application.
   *
   * @defaultValue a fixed one, to be read from the emulator's `clientSecret`
   */
  readonly clientSecret?: string;
  /**
   * Name of the registered application, as the consent page tells it.
   *
   * @defaultValue "Your application"
   */
  readonly applicationName?: string;
  /**
   * Redirect URIs (OAuth 1.0a: callback URLs) registered for the application. When given, the provider's own matching rules apply.
   *
   * @defaultValue any http or https URL of this machine (127.0.0.1, localhost, [::1])
   */
  readonly redirectUris?: readonly string[];
  /**
   * The users one can be.
   *
   * @defaultValue three seeded ones
   */
  readonly users?: readonly User[];
  /**
   * The clock on which everything expires, in milliseconds since 1970.
   *
   * @defaultValue `Date.now`
   */
  readonly now?: () => number;
}

/** A running emulator: what all of them have in common. */
export interface Emulator<Provider extends string, Endpoints, User, Switches, Failure> {
  /** The emulated provider. */
  readonly provider: Provider;
  /** Scheme, host and port, for instance `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Client id of the registered application. */
  readonly clientId: string;
  /** Client secret of the registered application. */
  readonly clientSecret: string;
  /** Where everything is, as plain strings. */
  readonly endpoints: Endpoints;
  /** The users one can be. */
  readonly users: readonly User[];
  /** The requests received so far, oldest first; the last 1,000. */
  readonly requests: readonly RecordedRequest[];
  /** Forgets the requests received so far. */
  clearRequests(): void;
  /** Changes switches while the emulator runs. An unknown switch or a wrong value throws and changes nothing. */
  configure(changes: Partial<Switches>): void;
  /** Makes the next request that the failure applies to fail, or the next `times` (default 1). */
  failNext(failure: Failure | CustomFailure, times?: number): void;
  /**
   * Does over real HTTP what a person would click: opens the authorization URL, answers the consent page, and resolves to
   * the callback URL that the browser would be sent to. Rejects with status and page text if there is an error page.
   */
  authorize(authorizationUrl: string | URL, choice?: ConsentChoice): Promise<string>;
  /** Makes every access token out there expire now. Refresh tokens stay. */
  expireAccessTokens(): void;
  /** Stops the emulator, also when connections are open. */
  close(): Promise<void>;
}
