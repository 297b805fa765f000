import type { ClientContext } from "../client-context.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import type { SendOnce } from "../http/endpoint-retries.ts";
import { parseBody } from "../http/response-body.ts";
import type { TransportResponse } from "../http/transport.ts";
import type { EndpointKind } from "../oidc/bridge.ts";
import { withProviderNames } from "../oidc/client-parameters.ts";
import { writeRequest } from "./request-body.ts";

/** Sends the fields of a request. With DPoP, a request to the token endpoint carries a proof of the key (RFC 9449 §5). */
export async function sendFields(
  { dpop, provider }: ClientContext,
  kind: EndpointKind,
  request: TokenRequestHookValue,
  sendOnce: SendOnce,
): Promise<TransportResponse> {
  const { url, method } = request;
  const body = withProviderNames(provider.clientParameters, request.body);
  const { headers, ...written } = writeRequest(provider, { ...request, body });
  const send = (proof?: string): Promise<TransportResponse> =>
    sendOnce({
      ...written,
      method,
      headers: proof === undefined ? headers : { ...headers, dpop: proof },
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
