import type { ClientContext } from "../client-context.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import type { SendOnce } from "../http/endpoint-retries.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { EndpointKind } from "../oidc/bridge.ts";
import { formOf, withoutParameters } from "./endpoint-parameters.ts";

/** Sends the form. With DPoP, a request to the token endpoint carries a proof of the key (RFC 9449 §5). */
export async function sendForm(
  { dpop }: ClientContext,
  kind: EndpointKind,
  { url, method, headers, body }: TokenRequestHookValue,
  sendOnce: SendOnce,
): Promise<TransportResponse> {
  const form = formOf(body).toString();
  const inQuery = method === "GET";
  const address = inQuery ? withoutParameters(url, body) : url;
  const { "content-type": type, ...others } = headers;
  const kept = inQuery || type === undefined ? others : headers;
  const send = (proof?: string): Promise<TransportResponse> =>
    sendOnce({
      url: inQuery ? `${address}${address.includes("?") ? "&" : "?"}${form}` : url,
      method,
      headers: proof === undefined ? kept : { ...kept, dpop: proof },
      body: inQuery ? undefined : form,
    });
  if (!dpop || kind !== "token") return send();
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
