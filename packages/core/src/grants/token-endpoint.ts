import type { ClientContext } from "../client-context.ts";
import { publish, publishError } from "../diagnostics.ts";
import {
  askEndpoint,
  type EndpointAnswer,
  type EndpointRequest,
} from "../endpoints/authenticated-endpoint.ts";
import {
  readTokenResponse,
  type TokenResponseFields,
  type TokenResponseOptions,
} from "../tokens/token-response.ts";

/** An accepted token response. */
export interface GrantedTokens {
  readonly fields: TokenResponseFields;
  /** When the response arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The server's own time of its `Date` header, in milliseconds since the epoch. */
  readonly serverTime: number | undefined;
}

/** A token request of one grant. */
export interface TokenRequest
  extends
    Pick<EndpointRequest, "parameters" | "secrets" | "signal" | "advice" | "repeatable">,
    Pick<TokenResponseOptions, "notAccessToken"> {
  /** The `grant_type`. */
  readonly grant: string;
  /** Awaited just before the request is sent; what it throws stops the request. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/**
 * Requests tokens from the token endpoint (RFC 6749 §3.2): one request, repeated only where it may be; redirects are
 * refused.
 *
 * @throws OAuthError with the provider's own error, with the transport's, or `TOKEN_RESPONSE_INVALID`; what a hook or
 * `beforeSend` throws.
 */
export async function requestTokens(
  context: ClientContext,
  request: TokenRequest,
): Promise<GrantedTokens> {
  const { clock, hooks, provider } = context;
  const { grant } = request;
  const hookContext = { provider: provider.name, grant };
  const isRefresh = grant === "refresh_token";
  const start = clock.now();
  const granted = await askEndpoint(
    context,
    {
      ...request,
      kind: "token",
      parameters: { ...request.parameters, grant_type: grant },
      hooks: {
        async request(value) {
          const name = isRefresh ? "refreshRequest" : "tokenRequest";
          const changed = await hooks.run(name, value, hookContext);
          await request.beforeSend?.();
          return changed;
        },
        async response(value) {
          const changed = await hooks.run("tokenResponse", value, hookContext);
          return isRefresh ? hooks.run("refreshResponse", changed, hookContext) : changed;
        },
      },
    },
    (answer) => accept(context, request, answer),
  ).catch((error: unknown) => {
    publishError(provider.name, error);
    throw error;
  });
  const { fields, receivedAt } = granted;
  publish("grantkit:token", () => ({
    provider: provider.name,
    grant,
    scope: fields.scope,
    expiresIn: fields.expiresIn,
    duration: receivedAt - start,
  }));
  return granted;
}

function accept(
  { provider: { scopeDelimiter }, dpop }: ClientContext,
  { notAccessToken }: TokenRequest,
  { body, headers, receivedAt, unusable }: EndpointAnswer,
): GrantedTokens {
  const isBound = dpop !== undefined;
  const fields = readTokenResponse(body, { scopeDelimiter, notAccessToken, isBound });
  if ("field" in fields) throw unusable(fields.field, fields.reason);
  const serverTime = Date.parse(headers["date"] ?? "");
  return { fields, receivedAt, serverTime: Number.isNaN(serverTime) ? undefined : serverTime };
}
