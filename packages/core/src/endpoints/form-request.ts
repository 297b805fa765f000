import type { ClientContext } from "../client-context.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { NamedEndpoint } from "./endpoint-errors.ts";
import { formOf } from "./endpoint-parameters.ts";

const LARGEST_RESPONSE = 1024 * 1024;

/**
 * Sends a form to an OAuth endpoint; where tokens are bound to a key, to the token endpoint with a proof of it, and once
 * more when a nonce is asked for (RFC 9449 §8).
 */
export async function sendForm(
  context: ClientContext,
  endpoint: NamedEndpoint,
  request: TokenRequestHookValue,
  signal: AbortSignal | undefined,
): Promise<TransportResponse> {
  const { dpop } = context;
  if (!dpop || endpoint.field !== "token") return send(context, endpoint, request, signal);
  const { method, headers } = request;
  const url = new URL(request.url);
  const attempt = async (nonce?: string): Promise<TransportResponse> => {
    const proof = await dpop.proof({ method, url, nonce });
    return send(context, endpoint, { ...request, headers: { ...headers, dpop: proof } }, signal);
  };
  const response = await attempt();
  const nonce = dpop.learn(url, response.headers["dpop-nonce"]);
  if (nonce === undefined || !asksForNonce(response)) return response;
  const second = await attempt(nonce);
  dpop.learn(url, second.headers["dpop-nonce"]);
  return second;
}

function asksForNonce({ status, headers, body }: TransportResponse): boolean {
  if (status < 400 || status >= 500) return false;
  const parsed = parseBody(body, headers["content-type"]);
  return parsed.ok && parsed.value["error"] === "use_dpop_nonce";
}

function send(
  { transport, endpointTimeout }: ClientContext,
  { what }: NamedEndpoint,
  { url, method, headers, body }: TokenRequestHookValue,
  signal: AbortSignal | undefined,
): Promise<TransportResponse> {
  const form = formOf(body).toString();
  const inQuery = method === "GET";
  return transport.send({
    url: inQuery ? `${url}${url.includes("?") ? "&" : "?"}${form}` : url,
    method,
    headers,
    body: inQuery ? undefined : form,
    timeout: endpointTimeout,
    maxBytes: LARGEST_RESPONSE,
    what,
    signal,
  });
}
