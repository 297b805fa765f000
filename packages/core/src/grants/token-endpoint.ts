import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { TokenRequestHookValue, TokenResponseHookValue } from "../hooks.ts";
import { parseBody } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { BridgeRequest } from "../oidc/bridge.ts";
import {
  codeOfStatus,
  contentType,
  readStandardError,
  unexpectedStatus,
  unreadable,
} from "./token-endpoint-errors.ts";
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
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameters that no error may show. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const LARGEST_RESPONSE = 1024 * 1024;
const WHAT = "the token request";

/** Asks the token endpoint for tokens (RFC 6749 §3.2): one request, never repeated, no redirect followed. */
export async function requestTokens(
  context: ClientContext,
  request: TokenRequest,
): Promise<GrantedTokens> {
  const { provider, clientId, clientSecret } = context;
  const redactor = new Redactor([
    clientSecret,
    clientSecret && basicCredentials(clientId, clientSecret),
    ...request.secrets,
  ]);
  let granted: GrantedTokens | undefined;
  const { requestGrant } = await import("../oidc/bridge.ts");
  await requestGrant({
    provider: provider.name,
    issuer: provider.issuer ?? new URL(provider.endpoints.token).origin,
    tokenEndpoint: provider.endpoints.token,
    clientId,
    clientSecret,
    clientAuthentication: context.clientAuthentication,
    grant: request.grant,
    parameters: new URLSearchParams(request.parameters),
    exchange: async (wire) => {
      granted = await exchange(context, request, wire, redactor);
      // The ID token is verified by ours, with its signature; openid-client checks none.
      return { access_token: granted.fields.accessToken, token_type: granted.fields.tokenType };
    },
  });
  if (!granted) throw new TypeError("openid-client sent no token request");
  return granted;
}

async function exchange(
  context: ClientContext,
  request: TokenRequest,
  wire: BridgeRequest,
  redactor: Redactor,
): Promise<GrantedTokens> {
  const { provider, clock, hooks } = context;
  const hookContext = { provider: provider.name, grant: request.grant };
  const isRefresh = request.grant === "refresh_token";
  const sent = await hooks.run<TokenRequestHookValue>(
    isRefresh ? "refreshRequest" : "tokenRequest",
    { url: wire.url, method: "POST", headers: wire.headers, body: fieldsOf(wire.body) },
    hookContext,
  );
  const response = await send(context, sent, request.signal);
  const receivedAt = clock.now();
  const body = parseBody(response.body, response.headers["content-type"]);
  if (!body.ok) throw unreadable(context, response, body.reason, receivedAt);
  let parsed: TokenResponseHookValue = {
    status: response.status,
    headers: response.headers,
    body: body.value,
  };
  parsed = await hooks.run("tokenResponse", parsed, hookContext);
  if (isRefresh) parsed = await hooks.run("refreshResponse", parsed, hookContext);
  return accept(context, parsed, redactor, receivedAt);
}

function send(
  { transport, endpointTimeout }: ClientContext,
  { url, method, headers, body }: TokenRequestHookValue,
  signal: AbortSignal | undefined,
): Promise<TransportResponse> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const part of [value].flat()) form.append(name, part);
  }
  const inQuery = method === "GET";
  return transport.send({
    url: inQuery ? `${url}${url.includes("?") ? "&" : "?"}${form.toString()}` : url,
    method,
    headers,
    body: inQuery ? undefined : form.toString(),
    timeout: endpointTimeout,
    maxBytes: LARGEST_RESPONSE,
    what: "the token endpoint",
    signal,
  });
}

function accept(
  context: ClientContext,
  { status, headers, body }: TokenResponseHookValue,
  redactor: Redactor,
  receivedAt: number,
): GrantedTokens {
  const { provider } = context;
  const answered = provider.readError?.(body) ?? readStandardError(body);
  const retryAfter = parseRetryAfter(headers["retry-after"], receivedAt);
  // With whatever status, and whatever stands beside it: some providers answer errors with 200.
  if (answered) {
    throw providerError(answered, {
      provider: provider.name,
      what: WHAT,
      redactor,
      aliases: provider.errorAliases,
      status,
      retryAfter,
      code: codeOfStatus(status),
    });
  }
  if (status !== 200) throw unexpectedStatus(context, status, headers, retryAfter);
  const fields = readTokenResponse(body, provider.scopeDelimiter);
  if ("field" in fields) {
    throw new OAuthError(
      "TOKEN_RESPONSE_INVALID",
      `The token response of ${provider.name} cannot be used: ${fields.field} ${fields.reason} (status ${status}, ${contentType(headers)}).`,
      { provider: provider.name, status, details: { field: fields.field } },
    );
  }
  const serverTime = Date.parse(headers["date"] ?? "");
  return { fields, receivedAt, serverTime: Number.isNaN(serverTime) ? undefined : serverTime };
}

/** RFC 6749 §2.3.1: what HTTP Basic would show of the secret. */
function basicCredentials(clientId: string, clientSecret: string): string {
  return btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`);
}

function formEncode(text: string): string {
  return encodeURIComponent(text).replace(/[-_.!~*'()]|%20/g, (part) =>
    part === "%20" ? "+" : `%${part.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function fieldsOf(form: URLSearchParams): Record<string, string | readonly string[]> {
  const fields: Record<string, string | readonly string[]> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    fields[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return fields;
}
