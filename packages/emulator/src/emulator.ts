// Files whose types are public import no file that imports Hono: TypeScript 5.6 cannot read Hono's declarations, and
// `npm run check` compiles the packed packages with it.
import type { ConsentChoice } from "./consent/click-through.ts";
import type { CustomFailure } from "./server/custom-failure.ts";
import type { RecordedRequest } from "./server/recorded-request.ts";

/** Options that every emulator takes. */
export interface EmulatorOptions<User> {
  /**
   * TCP port on 127.0.0.1; 0 chooses a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number;
  /**
   * Client id (Facebook: app id, OAuth 1.0a: consumer key) of the one registered application.
   *
   * @defaultValue a fixed one, in the emulator's `clientId`
   */
  readonly clientId?: string;
  /**
   * Client secret of the one registered application.
   *
   * @defaultValue a fixed one, in the emulator's `clientSecret`
   */
  readonly clientSecret?: string;
  /**
   * Name of the registered application on the consent page.
   *
   * @defaultValue "Your application"
   */
  readonly applicationName?: string;
  /**
   * Registered redirect URIs (OAuth 1.0a: callback URLs) of the application. If set, the provider's own matching rules apply.
   *
   * @defaultValue any http or https URL of this machine (localhost, 127.0.0.0/8, [::1])
   */
  readonly redirectUris?: readonly string[];
  /**
   * The users that can be chosen on the consent page.
   *
   * @defaultValue three seeded users
   */
  readonly users?: readonly User[];
  /**
   * The clock of all expiry times, in milliseconds since 1970.
   *
   * @defaultValue `Date.now`
   */
  readonly now?: () => number;
}

/** A running emulator: the members that all emulators have. */
export interface Emulator<Provider extends string, Endpoints, User, Switches, Failure> {
  /** The emulated provider. */
  readonly provider: Provider;
  /** Scheme, host and port, for instance `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Client id of the registered application. */
  readonly clientId: string;
  /** Client secret of the registered application. */
  readonly clientSecret: string;
  /** The URLs of the endpoints, as plain strings. */
  readonly endpoints: Endpoints;
  /** The users that can be chosen on the consent page. */
  readonly users: readonly User[];
  /** The last 1,000 requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Clears `requests`. */
  clearRequests(): void;
  /** Changes switches while the emulator runs. Throws on an unknown switch or a wrong value, and then changes nothing. */
  configure(changes: Partial<Switches>): void;
  /**
   * Makes the next matching request fail, or the next `times` matching requests.
   *
   * @returns A function that takes back the failures that have not happened.
   */
  failNext(failure: Failure | CustomFailure, times?: number): () => void;
  /**
   * Does over HTTP what a person would click: opens the authorization URL, answers the consent page, and resolves to the
   * callback URL that the browser would be redirected to. Rejects with the status and the text of an error page.
   */
  authorize(authorizationUrl: string | URL, choice?: ConsentChoice): Promise<string>;
  /** Expires all access tokens now. Refresh tokens stay valid. */
  expireAccessTokens(): void;
  /** Stops the emulator and closes open connections. */
  close(): Promise<void>;
}
