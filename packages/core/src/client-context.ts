import type { ClientAuthentication } from "./client-authentication.ts";
import type { Clock } from "./clock.ts";
import type { DpopProver } from "./dpop/dpop-prover.ts";
import type { HookChain } from "./hooks.ts";
import type { Transport } from "./http/transport.ts";
import type { IdTokenVerifier } from "./oidc/id-token-verifier.ts";
import type { Provider } from "./provider.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

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
