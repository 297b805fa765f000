import type { ClientContext } from "../client-context.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { NamedEndpoint } from "./endpoint-errors.ts";
import { formOf } from "./endpoint-parameters.ts";

const LARGEST_RESPONSE = 1024 * 1024;

/**
 * Sends a form to an OAuth endpoint; where tokens are bound to a key, to the token endpoint with a proof of it
 * (RFC 9449 §5).
 */
export async function sendForm(
  context: ClientContext,
  endpoint: NamedEndpoint,
  request: TokenRequestHookValue,
  signal: AbortSignal | undefined,
): Promise<TransportResponse> {
  const { dpop } = context;
  if (!dpop || endpoint.field !== "token") return send(context, endpoint, request, signal);
  const { method, url, headers } = request;
  return dpop.send({
    method,
    url: new URL(url),
    send: (proof) =>
      send(context, endpoint, { ...request, headers: { ...headers, dpop: proof } }, signal),
    nonceOf: (response) => response.headers["dpop-nonce"],
    asksForNonce,
  });
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
