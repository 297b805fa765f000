import type { ClientContext } from "../client-context.ts";
import type { ApiOrigins } from "../http/api-target.ts";
import type { ResolvedPlacement } from "../http/token-placement.ts";
import type { RefreshRegistry } from "./refresh-registry.ts";
import type { SessionToken } from "./session-token.ts";

/** What all sessions of one client share. */
export interface SessionContext {
  readonly client: ClientContext;
  readonly registry: RefreshRegistry;
  readonly origins: ApiOrigins;
  readonly placement: ResolvedPlacement;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** What sending a request needs to know of its session. */
export interface RequestingSession {
  readonly context: SessionContext;
  readonly token: SessionToken;
  readonly placement: ResolvedPlacement;
  readonly allowedOrigins: ReadonlySet<string> | undefined;
}
