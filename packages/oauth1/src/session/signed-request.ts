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
  const type = seen.get("content-type");
  const body = await readForm(request.body, type);
  const signed = await signer.sign({ ...request, body, headers: seen }, values);
  if (signed.url !== request.url.href) request.url = new URL(signed.url);
  request.method = signed.method;
  // A text has no type of its own, other than the Blob in the place of which it is sent.
  if (body !== request.body) headers.set("Content-Type", type as string, true);
  request.body = signed.body;
  if (signed.contentType !== undefined) headers.set("Content-Type", signed.contentType, true);
  if (signed.authorization !== undefined) headers.set("Authorization", signed.authorization, true);
}

/** The media type that a body brings along: axios has the form's for every POST until it sends it. */
function ownTypeOf(body: unknown): string | undefined {
  const { getHeaders, type } = (body ?? {}) as Record<string, unknown>;
  if (body instanceof FormData || typeof getHeaders === "function") return "multipart/form-data";
  return body instanceof Blob && type !== "" ? (type as string) : undefined;
}

/** A form that has to be read before it can be signed: a `Request` has every body as a stream. */
function readForm(body: unknown, contentType: unknown): unknown {
  if (!(body instanceof ReadableStream || body instanceof Blob)) return body;
  const isForm = typeof contentType === "string" && mediaType(contentType) === FORM_TYPE;
  return isForm ? new Response(body).text() : body;
}
