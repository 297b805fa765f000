import type { ClientContext } from "../client-context.ts";
import type { ApiOrigins } from "../http/api-target.ts";
import type { ResolvedPlacement } from "../http/token-placement.ts";
import type { RecentlyUsed } from "./recently-used.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredCredential } from "./stored-credential.ts";
import type { TokenStore } from "../tokens/token-store.ts";

/** What all sessions of one client share. */
export interface SessionContext {
  readonly client: ClientContext;
  readonly registry: RefreshRegistry;
  readonly retryBudget: RetryBudget;
  /** By store and key: what sessions with the same record share. */
  readonly stored: WeakMap<TokenStore, RecentlyUsed<StoredCredential>>;
  readonly origins: ApiOrigins;
  readonly placement: ResolvedPlacement;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** What a session puts its token into requests with. */
export interface TokenHolder {
  readonly context: SessionContext;
  readonly token: SessionToken;
  readonly placement: ResolvedPlacement;
  readonly allowedOrigins: ReadonlySet<string> | undefined;
}
