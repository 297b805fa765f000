import {
  type Clock,
  type EndpointOverrides,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type SessionOptions,
  systemClock,
  type Token,
} from "@grantkit/core";
import { ownOptions, Transport, unlessAborted } from "@grantkit/core/requests";
import { CLOUDS, type MicrosoftCloud } from "./cloud.ts";
import {
  checkIdentity,
  IMDS,
  LinkLocalHttp,
  type ManagedIdentitySource,
} from "./identity-endpoint.ts";
import { askIdentityEndpoint } from "./identity-request.ts";
import { microsoft } from "./preset.ts";

/** Options of a `MicrosoftManagedIdentity`: which identity, and where its tokens come from. */
export interface ManagedIdentityOptions
  extends ManagedIdentitySource, Pick<OAuth2ClientOptions, "http" | "fetch" | "timeout" | "clock"> {
  /**
   * The cloud that the machine runs in.
   *
   * @defaultValue `"global"`
   */
  readonly cloud?: MicrosoftCloud | undefined;
  /** Replaces the URLs of Microsoft, for example that of Microsoft Graph. */
  readonly endpoints?: EndpointOverrides | undefined;
}

/** Which token to fetch. */
export interface ManagedIdentityTokenOptions {
  /**
   * The API that the token is for: its identifier, without a scope.
   *
   * @defaultValue Microsoft Graph: `"https://graph.microsoft.com"`, or that of the identity's cloud
   */
  readonly resource?: string | undefined;
  /** Aborts the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** How a session of a managed identity behaves. */
export interface ManagedIdentitySessionOptions
  extends
    Omit<ManagedIdentityTokenOptions, "signal">,
    Omit<SessionOptions, "onTokenUpdate" | "refresh" | "renew" | "repeatGrant"> {}

/** The token of a resource, and the request for the next one. */
interface KeptToken {
  token?: Token;
  pending?: Promise<Token>;
}

/** Milliseconds before its expiry that a token is fetched again. */
const LEEWAY = 300_000;
/** Milliseconds. */
const DEFAULT_TIMEOUT = 10_000;

/**
 * The managed identity of a virtual machine, a web app, a function or a container in Azure: it has tokens without a secret.
 * Make one and keep it: it keeps each token until shortly before its expiry, and concurrent callers share one request.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 *
 * @example
 * ```ts
 * import { MicrosoftManagedIdentity } from "@grantkit/provider-microsoft";
 *
 * const identity = new MicrosoftManagedIdentity({
 *   endpoint: process.env["IDENTITY_ENDPOINT"], // both are undefined on a virtual machine
 *   header: process.env["IDENTITY_HEADER"],
 * });
 * const session = await identity.session();
 * console.log((await session.get("/users?$top=5")).data);
 * ```
 */
export class MicrosoftManagedIdentity {
  readonly #options: ManagedIdentityOptions;
  readonly #graph: string;
  readonly #client: OAuth2Client;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, KeptToken>();

  /** @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. */
  constructor(options: ManagedIdentityOptions = {}) {
    const own = ownOptions(options);
    checkIdentity(own);
    const { http, fetch, timeout, clock = systemClock, endpoint = IMDS, endpoints } = own;
    const { cloud = "global" } = own;
    const ofRequests = {
      ...(http !== undefined && { http }),
      ...(fetch !== undefined && { fetch }),
      ...(timeout !== undefined && { timeout }),
      clock,
    };
    this.#client = new OAuth2Client(() => microsoft({ endpoints, cloud }), {
      clientId: own.clientId ?? "managed-identity",
      ...ofRequests,
    });
    this.#options = own;
    this.#graph = CLOUDS[cloud].graph;
    this.#clock = clock;
    const { origin } = new URL(endpoint);
    this.#transport = new Transport(
      "microsoft",
      clock,
      http,
      new LinkLocalHttp("microsoft", [origin]),
    );
  }

  /**
   * Fetches a token of the identity, or gives the one that is still valid for five minutes.
   *
   * @throws OAuthError: `NETWORK_ERROR` or `TIMEOUT` outside of Azure; `INVALID_REQUEST` for an identity that is not assigned
   * to the machine, or a resource that Microsoft does not know; `RATE_LIMITED` and `SERVER_ERROR` after four attempts.
   */
  async fetchToken(options: ManagedIdentityTokenOptions = {}): Promise<Token> {
    const { resource = this.#graph, signal } = ownOptions(options);
    return unlessAborted(this.#token(resource), signal);
  }

  /**
   * Opens a session of the identity: its requests carry a token, and a new one when that expires.
   *
   * @param options - `resource`, the API that the tokens are for, and `allowedOrigins`, if that is another than Microsoft Graph.
   * @throws OAuthError as {@link MicrosoftManagedIdentity.fetchToken} does; ConfigurationError for bad options.
   */
  async session(options: ManagedIdentitySessionOptions = {}): Promise<OAuth2Session> {
    const { resource = this.#graph, ...rest } = ownOptions(options);
    return this.#client.session(await this.#token(resource), {
      ...rest,
      renew: (expired) => this.#token(resource, expired.accessToken),
    });
  }

  #token(resource: string, refused?: string): Promise<Token> {
    const kept = this.#tokens.get(resource) ?? {};
    this.#tokens.set(resource, kept);
    if (kept.pending) return kept.pending;
    const end = kept.token?.expiresAt?.getTime() ?? 0;
    if (kept.token && end - this.#clock.now() > LEEWAY && kept.token.accessToken !== refused) {
      return Promise.resolve(kept.token);
    }
    kept.pending = this.#ask(resource)
      .then((token) => (kept.token = token))
      .finally(() => delete kept.pending);
    return kept.pending;
  }

  #ask(resource: string): Promise<Token> {
    return askIdentityEndpoint({
      identity: this.#options,
      resource,
      transport: this.#transport,
      clock: this.#clock,
      timeout: this.#options.timeout ?? DEFAULT_TIMEOUT,
    });
  }
}
