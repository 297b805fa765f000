import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import { type Clock, systemClock } from "./clock.ts";
import { DpopProver } from "./dpop/dpop-prover.ts";
import { HookChain } from "./hooks.ts";
import { Transport } from "./http/transport.ts";
import { IdTokenVerifier } from "./oidc/id-token-verifier.ts";
import type { Provider } from "./provider.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

/** Milliseconds for an exchange with an OAuth endpoint, unless the options say otherwise. */
export const ENDPOINT_TIMEOUT = 10_000;
const API_TIMEOUT = 30_000;

/** What the parts of one client share. */
export interface ClientContext {
  readonly provider: Provider;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  readonly redirectUri: string | undefined;
  readonly transport: Transport;
  readonly hooks: HookChain;
  readonly clock: Clock;
  /** Chance, from 0 to less than 1: for spreading load, never for secrets. */
  readonly random: () => number;
  /** Undefined: as usual. */
  readonly retries: number | false | undefined;
  /** Milliseconds for an exchange with an OAuth endpoint. */
  readonly endpointTimeout: number;
  /** Milliseconds for an exchange with the API. */
  readonly apiTimeout: number;
  readonly idTokens: IdTokenVerifier;
  /** Undefined: tokens are bound to no key. */
  readonly dpop: DpopProver | undefined;
  readonly strictScope: boolean;
  readonly onScopeChange: ((change: ScopeChange, token: Token) => void) | undefined;
}

/** What the parts of a client share, from options that were checked. */
export function clientContext(provider: Provider, options: OAuth2ClientOptions): ClientContext {
  const { clientId, clientSecret, redirectUri, clock = systemClock, timeout } = options;
  const transport = new Transport(provider.name, clock, options.http);
  return {
    provider,
    clientId,
    clientSecret,
    redirectUri,
    clientAuthentication:
      options.clientAuthentication ??
      (clientSecret === undefined ? "none" : provider.clientAuthentication),
    transport,
    hooks: new HookChain(provider.hooks, options.hooks),
    clock,
    random: options.random ?? Math.random,
    retries: options.retries,
    endpointTimeout: timeout ?? ENDPOINT_TIMEOUT,
    apiTimeout: timeout ?? API_TIMEOUT,
    idTokens: new IdTokenVerifier(provider, clientId, transport, clock),
    dpop: options.dpop && new DpopProver(provider.name, options.dpop, clock),
    strictScope: options.strictScope ?? false,
    onScopeChange: options.onScopeChange,
  };
}
