import type { ClientContext } from "../client-context.ts";
import type { OAuth2ClientOptions } from "../client-options.ts";
import { usesSecret } from "../oidc/client-authentication.ts";
import { ApiOrigins, type ProviderApi } from "../http/api-origins.ts";
import { isTokenBase, type MovingApi, TokenOrigins } from "../http/token-origins.ts";
import type { RequestOrigins } from "../requests/request-context.ts";
import { ownFields } from "../options/own-fields.ts";
import { checkedPlacement, type ResolvedPlacement } from "../tokens/token-placement.ts";
import type { ExpiredToken } from "../tokens/expired-token.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import { RecentlyUsed } from "../recently-used.ts";
import { Exchanges } from "../refresh/exchanges.ts";
import { RefreshRegistry } from "../refresh/refresh-registry.ts";
import type { RetryBudget } from "../http/retry-budget.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredTokenSource } from "../refresh/stored-token.ts";
import type { InMemoryTokenSource, TokenSource } from "../refresh/token-source.ts";

/** Different grants, by scope or user, whose tokens a client keeps; beyond that the oldest is forgotten. */
const MOST_GRANTS = 10_000;

/** What all sessions of one client share. */
export interface SessionContext {
  readonly client: ClientContext;
  readonly registry: RefreshRegistry;
  readonly retryBudget: RetryBudget;
  /** By store and key: what sessions with the same record share. */
  readonly stored: WeakMap<TokenStore, RecentlyUsed<StoredTokenSource>>;
  /** By what they ask for: what sessions that get their own tokens share. */
  readonly granted: RecentlyUsed<InMemoryTokenSource>;
  readonly origins: RequestOrigins;
  /** The API whose base comes with the token; undefined where it is always the same. */
  readonly moving: MovingApi | undefined;
  readonly placement: ResolvedPlacement;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** What a session puts its token into requests with. */
export interface TokenHolder {
  readonly context: SessionContext;
  readonly token: SessionToken;
  readonly placement: ResolvedPlacement;
  readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** Undefined: a 401, as RFC 6750 §3.1 has it. */
  readonly expiredToken: ExpiredToken | undefined;
  /** Seconds for which a refused new token is sent again. */
  readonly settlingSeconds: number | undefined;
}

/** What all sessions of a client share. */
export function sessionContext(
  client: ClientContext,
  options: OAuth2ClientOptions,
): SessionContext {
  const { provider, clock } = client;
  const { userInfo } = provider.endpoints;
  const { origins, baseUrl } = ownFields<Partial<ProviderApi>>(provider.api ?? {});
  const { insecureHttp } = client.transport;
  const shared = new ApiOrigins(
    provider.name,
    { origins, baseUrl: isTokenBase(baseUrl) ? undefined : baseUrl },
    userInfo?.startsWith("/") === false ? [userInfo] : [],
    insecureHttp,
  );
  const context: SessionContext = {
    client,
    registry: new RefreshRegistry({
      provider: provider.name,
      async refresh(token, beforeSend) {
        const { renewToken } = await import("../grants/refresh-token.ts");
        return renewToken(client, token, beforeSend);
      },
      async prepare(token) {
        await import("../grants/refresh-token.ts");
        await client.transport.load();
        const signs = typeof client.clientAuthentication === "object" || client.dpop !== undefined;
        if (signs) await import("../oidc/jwt-signing.ts");
        if (usesSecret(client.clientAuthentication)) await client.secret.get();
        if (token.idToken !== undefined) await client.idTokens.load();
      },
      async revoke(token) {
        const { canRevoke, revokeAtProvider } = await import("./revoke-token.ts");
        if (canRevoke(provider)) await revokeAtProvider(context, token);
      },
      exchanges: new Exchanges(provider, client.renew, () => clock.now()),
      now: () => clock.now(),
      random: client.random,
    }),
    retryBudget: client.retryBudget,
    stored: new WeakMap(),
    granted: new RecentlyUsed(MOST_GRANTS, ({ isRefreshing }) =>
      isRefreshing ? "pinned" : "evictable",
    ),
    origins: shared,
    moving: isTokenBase(baseUrl)
      ? { provider: provider.name, base: baseUrl, origins, shared, insecureHttp }
      : undefined,
    placement: checkedPlacement(options.tokenPlacement ?? provider.tokenPlacement),
    fetch: options.fetch,
  };
  return context;
}

/** What a session with a source of tokens has: its own origins, where the API's base comes with the token. */
export function contextOf(context: SessionContext, source: TokenSource): SessionContext {
  const { moving } = context;
  return moving ? { ...context, origins: new TokenOrigins(moving, source) } : context;
}
