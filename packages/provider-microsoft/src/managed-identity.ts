import {
  type EndpointOverrides,
  type GrantedSessionOptions,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  OAuthError,
  type Token,
} from "@grantkit/core";
import {
  definedFields,
  grantedSession,
  isFilledText,
  must,
  mustBeSignal,
  optionProblems,
  type OptionRules,
  ownOptions,
  throwProblems,
  unlessAborted,
  usableTokenOf,
} from "@grantkit/core/requests";
import { CLOUDS, type MicrosoftCloud } from "./cloud.ts";
import { checkIdentity, type ManagedIdentitySource } from "./identity-endpoint.ts";
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
  extends Omit<ManagedIdentityTokenOptions, "signal">, GrantedSessionOptions {}

const mustBeResource = must(
  "be the identifier of an API, for example https://vault.azure.net",
  isFilledText,
);
const TOKEN_RULES: OptionRules<ManagedIdentityTokenOptions> = {
  resource: mustBeResource,
  signal: mustBeSignal,
};

/** Seconds before its expiry that a token is fetched again. */
const LEEWAY = 300;
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
  readonly #client: OAuth2Client;

  /** @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. */
  constructor(options: ManagedIdentityOptions = {}) {
    const own = ownOptions(options);
    checkIdentity(own);
    const { clientId = "managed-identity", endpoints, cloud, http, fetch, timeout, clock } = own;
    this.#options = own;
    this.#client = new OAuth2Client(() => microsoft({ endpoints, cloud }), {
      clientId,
      ...definedFields({ http, fetch, timeout, clock }),
    });
  }

  /**
   * Fetches a token of the identity, or gives the one that is still valid for about five minutes.
   *
   * @throws OAuthError: `NETWORK_ERROR` or `TIMEOUT` outside of Azure; `INVALID_REQUEST` for an identity that is not assigned
   * to the machine, or a resource that Microsoft does not know; `RATE_LIMITED` and `SERVER_ERROR` after four attempts;
   * `TOKEN_RESPONSE_INVALID` for an answer without a usable token, also one whose token has expired; `ABORTED` by `signal`.
   */
  async fetchToken(options: ManagedIdentityTokenOptions = {}): Promise<Token> {
    const own = ownOptions(options ?? {});
    throwProblems("fetchToken()", optionProblems(own, TOKEN_RULES), "microsoft");
    const { resource, signal } = own;
    return unlessAborted(usableTokenOf(this.#open({ resource })), signal).catch(
      (error: unknown) => {
        if (signal?.aborted !== true) throw error;
        const message = "The wait for a token of the managed identity was aborted.";
        throw new OAuthError("ABORTED", message, { provider: "microsoft" });
      },
    );
  }

  /**
   * Opens a session of the identity: its requests carry a token, and a new one when that expires.
   *
   * @param options - `resource`, the API that the tokens are for, and `allowedOrigins`, if that is another than Microsoft Graph.
   * @throws OAuthError as {@link MicrosoftManagedIdentity.fetchToken} does; ConfigurationError for bad options.
   */
  async session(options: ManagedIdentitySessionOptions = {}): Promise<OAuth2Session> {
    const session = this.#open(ownOptions(options ?? {}));
    await usableTokenOf(session);
    return session;
  }

  #open(options: ManagedIdentitySessionOptions): OAuth2Session {
    const { cloud = "global", timeout = DEFAULT_TIMEOUT } = this.#options;
    const { resource = CLOUDS[cloud].graph, ...rest } = options;
    throwProblems("session()", mustBeResource(resource, "resource", {}), "microsoft");
    const fetchToken = (): Promise<Token> =>
      askIdentityEndpoint(this.#client, this.#options, resource, timeout);
    const grant = { method: "session()", asked: { resource }, fetchToken };
    return grantedSession(this.#client, grant, { leeway: LEEWAY, ...rest });
  }
}
