import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import { ClientSecret } from "./oidc/client-secret.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import { systemClock } from "./clock.ts";
import { DpopProver } from "./dpop/dpop-prover.ts";
import { throwProblems } from "./errors/configuration-error.ts";
import { HookChain } from "./hooks.ts";
import { withClientHeaders } from "./http/api-headers.ts";
import { InsecureHttp } from "./http/insecure-http.ts";
import { RetryBudget } from "./http/retry-budget.ts";
import { Transport } from "./http/transport.ts";
import { IdTokenVerifier } from "./oidc/id-token-verifier.ts";
import { ownFields, ownOptions } from "./options/own-fields.ts";
import type { RefreshByExchange } from "./provider-definition.ts";
import type { Provider } from "./provider.ts";
import type { RequestContext } from "./requests/request-context.ts";

/** The default time limit for an exchange with an OAuth endpoint, in milliseconds. */
export const ENDPOINT_TIMEOUT = 10_000;
const API_TIMEOUT = 30_000;
/** Seconds: the clocks of machines that do not synchronize them are minutes off. */
const CLOCK_TOLERANCE = 300;

type RequestClient = RequestContext["client"];

/** What the parts of one client share. */
export interface ClientContext extends RequestClient {
  readonly provider: Provider;
  readonly clientId: string;
  /** The client secret: `get()` gives it, at once or by a promise; `known` is what no error may show. */
  readonly secret: ClientSecret;
  readonly clientAuthentication: ClientAuthentication;
  readonly redirectUri: string | undefined;
  readonly hooks: HookChain;
  /** Limits the retries of all requests together: those to OAuth endpoints, and those of sessions. */
  readonly retryBudget: RetryBudget;
  /** The time limit for an exchange with an OAuth endpoint, in milliseconds. */
  readonly endpointTimeout: number;
  readonly idTokens: IdTokenVerifier;
  /** Seconds by which this machine's clock and the provider's may differ. */
  readonly clockTolerance: number;
  /** Undefined when tokens are not bound to a key. */
  readonly dpop: DpopProver | undefined;
  /** How tokens without refresh tokens are exchanged for new ones; undefined where they are not. */
  readonly renew: RefreshByExchange | undefined;
  readonly rateLimitWait: OAuth2ClientOptions["rateLimitWait"];
  readonly strictScope: boolean;
  readonly onScopeChange: OAuth2ClientOptions["onScopeChange"];
}

/** Builds what the parts of a client share from options that were checked. */
export function clientContext(given: Provider, options: OAuth2ClientOptions): ClientContext {
  const { name } = given;
  const provider = withClientHeaders(given, options.clientId, (problems) =>
    throwProblems(`The provider ${name}`, problems, name),
  );
  const { clientId, clientSecret, redirectUri, clock = systemClock, timeout } = options;
  const { clockTolerance = CLOCK_TOLERANCE } = options;
  const endpointTimeout = timeout ?? ENDPOINT_TIMEOUT;
  const sender = {
    provider,
    clientId,
    secret: new ClientSecret(clientSecret, {
      provider: provider.name,
      clock,
      timeout: endpointTimeout,
    }),
    transport: new Transport(
      provider.name,
      clock,
      options.http,
      new InsecureHttp(provider.name, provider.allowInsecureHttp),
    ),
    clock,
    random: options.random ?? Math.random,
    retries: options.retries,
    rateLimitWait: options.rateLimitWait,
    retryBudget: new RetryBudget(),
    endpointTimeout,
    clockTolerance,
  };
  return {
    ...sender,
    redirectUri,
    clientAuthentication: ownOptions(
      options.clientAuthentication ??
        (clientSecret === undefined ? "none" : provider.clientAuthentication),
    ),
    hooks: new HookChain(provider.hooks, options.hooks),
    apiTimeout: timeout ?? API_TIMEOUT,
    idTokens: new IdTokenVerifier(sender),
    dpop: options.dpop && new DpopProver(provider.name, ownOptions(options.dpop), clock),
    renew: exchangeFor(
      provider,
      clientSecret !== undefined || options.clientAuthentication !== undefined,
    ),
    strictScope: options.strictScope ?? false,
    onScopeChange: options.onScopeChange,
  };
}

/** The provider's exchange of tokens at an absolute URL, if the client can authenticate where it has to. */
function exchangeFor(
  { renew, api }: Provider,
  canAuthenticate: boolean,
): RefreshByExchange | undefined {
  if (!renew || (renew.clientCredentials === true && !canAuthenticate)) return undefined;
  const { endpoint } = renew;
  const baseUrl = api?.baseUrl;
  const isPath = endpoint.startsWith("/") && typeof baseUrl === "string";
  return ownFields({
    ...renew,
    endpoint: `${isPath ? baseUrl.replace(/\/+$/, "") : ""}${endpoint}`,
  });
}
