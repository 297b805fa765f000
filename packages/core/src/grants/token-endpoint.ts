import type { ClientContext } from "../client-context.ts";
import {
  askEndpoint,
  type EndpointAnswer,
  type EndpointRequest,
} from "../endpoints/authenticated-endpoint.ts";
import { publish, publishError } from "../diagnostics.ts";
import { type NamedEndpoint, unusable } from "../endpoints/endpoint-errors.ts";
import type { EndpointParameters } from "../endpoints/endpoint-parameters.ts";
import type { BadField } from "../tokens/field-reader.ts";
import {
  readTokenResponse,
  type TokenResponseFields,
  type TokenResponseOptions,
  wrongBinding,
} from "../tokens/token-response.ts";

/** A token response that was accepted. */
export interface GrantedTokens {
  readonly fields: TokenResponseFields;
  /** When the response arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The server's own time, when it sent a Date header, in milliseconds since the epoch. */
  readonly serverTime: number | undefined;
}

/** A request of one grant. */
export interface TokenRequest
  extends Pick<EndpointRequest, "advice">, Pick<TokenResponseOptions, "notAccessToken"> {
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
  const granted = await askEndpoint(
    context,
    {
      kind: "token",
      parameters: { ...request.parameters, grant_type: request.grant },
      secrets: request.secrets,
      signal: request.signal,
      advice: request.advice,
      hooks: {
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
    // The ID token is verified by ours, with its signature; openid-client checks none.
    (answer, endpoint) => accept(context, request, answer, endpoint),
  ).catch((error: unknown) => {
    publishError(provider.name, error);
    throw error;
  });
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
  { notAccessToken }: TokenRequest,
  answer: EndpointAnswer,
  endpoint: NamedEndpoint,
): GrantedTokens {
  const { headers, receivedAt } = answer;
  const { scopeDelimiter } = provider;
  const fields = readTokenResponse(answer.body, { scopeDelimiter, notAccessToken });
  const refuse = ({ field, reason }: BadField): never => {
    throw unusable(endpoint, `${field} ${reason}`, field, answer);
  };
  if ("field" in fields) return refuse(fields);
  const wrong = wrongBinding(fields, dpop !== undefined);
  if (wrong) return refuse(wrong);
  const serverTime = Date.parse(headers["date"] ?? "");
  return { fields, receivedAt, serverTime: Number.isNaN(serverTime) ? undefined : serverTime };
}
