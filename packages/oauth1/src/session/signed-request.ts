import type { OutgoingRequest } from "@grantkit/core/requests";
import { FORM_TYPE, mediaType } from "../signing/request-body.ts";
import type { OAuthValues, Signer } from "../signing/signer.ts";

/**
 * Signs a request on its way out: URL, headers and body become what is to be sent.
 *
 * @throws ConfigurationError, OAuthError with code `REQUEST_UNSIGNABLE` or `TOKEN_IN_URL`.
 */
export async function signOutgoing(
  signer: Signer,
  request: OutgoingRequest,
  values: OAuthValues,
): Promise<void> {
  const { headers } = request;
  const own = ownTypeOf(request.body);
  const seen = {
    get: (name: string): unknown =>
      own !== undefined && name === "content-type" ? own : headers.get(name),
  };
  const { method, url } = request;
  const body = await readable(request.body, own ?? headers.get("content-type"));
  const signed = await signer.sign({ method, url, headers: seen, body }, values);
  if (signed.url !== request.url.href) request.url = new URL(signed.url);
  request.method = signed.method;
  request.body = signed.body;
  if (signed.contentType !== undefined) headers.set("Content-Type", signed.contentType, true);
  if (signed.authorization !== undefined) headers.set("Authorization", signed.authorization, true);
}

/** The form of a `Request`, which has become a stream: it is sent once, and has to be read to be signed. */
async function readable(body: unknown, type: unknown): Promise<unknown> {
  const isForm = typeof type === "string" && mediaType(type) === FORM_TYPE;
  return body instanceof ReadableStream && isForm ? new Response(body).text() : body;
}

/** The media type that a body brings along: axios has the form's for every POST until it sends it. */
function ownTypeOf(body: unknown): string | undefined {
  const { getHeaders, type } = (body ?? {}) as Record<string, unknown>;
  if (body instanceof FormData || typeof getHeaders === "function") return "multipart/form-data";
  return body instanceof Blob && type !== "" ? (type as string) : undefined;
}
