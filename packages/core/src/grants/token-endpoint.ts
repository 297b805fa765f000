import type { ClientContext } from "../client-context.ts";
import {
  askEndpoint,
  type EndpointAnswer,
  type EndpointParameters,
} from "../endpoints/authenticated-endpoint.ts";
import { publish, publishError } from "../diagnostics.ts";
import { type NamedEndpoint, unusable } from "../endpoints/endpoint-errors.ts";
import { readTokenResponse, type TokenResponseFields } from "../tokens/token-response.ts";

/** A token response that was accepted. */
export interface GrantedTokens {
  readonly fields: TokenResponseFields;
  /** When the response arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The server's own time, when it sent a Date header, in milliseconds since the epoch. */
  readonly serverTime: number | undefined;
}

/** A request of one grant. */
export interface TokenRequest {
  /** The `grant_type`. */
  readonly grant: string;
  /** Its parameters; client authentication is added below. */
  readonly parameters: EndpointParameters;
  /** The parameters that no error may show. */
  readonly secrets: readonly (string | undefined)[];
  readonly signal?: AbortSignal | undefined;
  /** Awaited when all is ready to be sent; what it throws stops the request. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/** Asks the token endpoint for tokens (RFC 6749 §3.2): one request, never repeated, no redirect followed. */
export async function requestTokens(
  context: ClientContext,
  request: TokenRequest,
): Promise<GrantedTokens> {
  const { clock, hooks, provider } = context;
  const hookContext = { provider: provider.name, grant: request.grant };
  const isRefresh = request.grant === "refresh_token";
  const start = clock.now();
  let granted: GrantedTokens | undefined;
  await askEndpoint(
    context,
    {
      kind: "token",
      parameters: { ...request.parameters, grant_type: request.grant },
      secrets: request.secrets,
      signal: request.signal,
      mend: {
        async request(value) {
          const name = isRefresh ? "refreshRequest" : "tokenRequest";
          const mended = await hooks.run(name, value, hookContext);
          await request.beforeSend?.();
          return mended;
        },
        async response(value) {
          const mended = await hooks.run("tokenResponse", value, hookContext);
          return isRefresh ? hooks.run("refreshResponse", mended, hookContext) : mended;
        },
      },
    },
    (answer, endpoint) => {
      granted = accept(context, answer, endpoint);
      // The ID token is verified by ours, with its signature; openid-client checks none.
      return { access_token: granted.fields.accessToken, token_type: "bearer" };
    },
  ).catch((error: unknown) => {
    publishError(provider.name, error);
    throw error;
  });
  if (!granted) throw new TypeError("openid-client sent no token request");
  const { fields, receivedAt } = granted;
  publish("grantkit:token", () => ({
    provider: provider.name,
    grant: request.grant,
    scope: fields.scope,
    expiresIn: fields.expiresIn,
    duration: receivedAt - start,
  }));
  return granted;
}

function accept(
  { provider, dpop }: ClientContext,
  answer: EndpointAnswer,
  endpoint: NamedEndpoint,
): GrantedTokens {
  const { headers, receivedAt } = answer;
  const fields = readTokenResponse(answer.body, provider.scopeDelimiter);
  if ("field" in fields) {
    throw unusable(endpoint, `${fields.field} ${fields.reason}`, fields.field, answer);
  }
  // Another kind than was asked for would be a token that works without the key (RFC 9449 §5).
  const isBound = fields.tokenType === "dpop";
  if (isBound !== (dpop !== undefined)) {
    const reason = isBound
      ? "token_type is DPoP, and the client has no dpop option"
      : "token_type is not DPoP, though the client proves its key";
    throw unusable(endpoint, reason, "token_type", answer);
  }
  const serverTime = Date.parse(headers["date"] ?? "");
  return { fields, receivedAt, serverTime: Number.isNaN(serverTime) ? undefined : serverTime };
}
