import type { ClientContext } from "../client-context.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { NamedEndpoint } from "./endpoint-errors.ts";
import { formOf } from "./endpoint-parameters.ts";

/** Bytes. */
const LARGEST_RESPONSE = 1024 * 1024;

/**
 * Sends a form to an OAuth endpoint. With DPoP, a request to the token endpoint carries a proof of the key (RFC 9449 §5).
 *
 * @throws OAuthError with the transport's error: `NETWORK_ERROR`, `TIMEOUT`, `RESPONSE_TOO_LARGE`, `ABORTED`.
 */
export async function sendForm(
  { dpop, transport, endpointTimeout }: ClientContext,
  { field, what }: NamedEndpoint,
  { url, method, headers, body }: TokenRequestHookValue,
  signal: AbortSignal | undefined,
): Promise<TransportResponse> {
  const form = formOf(body).toString();
  const inQuery = method === "GET";
  const send = (proof?: string): Promise<TransportResponse> =>
    transport.send({
      url: inQuery ? `${url}${url.includes("?") ? "&" : "?"}${form}` : url,
      method,
      headers: proof === undefined ? headers : { ...headers, dpop: proof },
      body: inQuery ? undefined : form,
      timeout: endpointTimeout,
      maxBytes: LARGEST_RESPONSE,
      what,
      signal,
    });
  if (!dpop || field !== "token") return send();
  return dpop.send({
    method,
    url: new URL(url),
    send,
    nonceOf: (response) => response.headers["dpop-nonce"],
    asksForNonce,
  });
}

function asksForNonce({ status, headers, body }: TransportResponse): boolean {
  if (status < 400 || status >= 500) return false;
  const parsed = parseBody(body, headers["content-type"]);
  return parsed.ok && parsed.value["error"] === "use_dpop_nonce";
}
