import type { OutgoingRequest } from "@grantkit/core/requests";
import { type Eventual, whenThere } from "../signing/crypto.ts";
import { FORM_TYPE, mediaType } from "../signing/request-body.ts";
import type { OAuthValues, Signer } from "../signing/signer.ts";

/**
 * Signs a request on its way out: URL, headers and body become what is to be sent. At once where it can, so that nothing has
 * to be waited for.
 *
 * @throws ConfigurationError, OAuthError with code `REQUEST_UNSIGNABLE` or `TOKEN_IN_URL`.
 */
export function signOutgoing(
  signer: Signer,
  request: OutgoingRequest,
  values: OAuthValues,
): Eventual<void> {
  const { headers } = request;
  const own = ownTypeOf(request.body);
  const seen = {
    get: (name: string): unknown =>
      own !== undefined && name === "content-type" ? own : headers.get(name),
  };
  const type = seen.get("content-type");
  return whenThere(readForm(request.body, type), (body) =>
    whenThere(signer.sign({ ...request, body, headers: seen }, values), (signed) => {
      if (signed.url !== request.url.href) request.url = new URL(signed.url);
      request.method = signed.method;
      // A text has no type of its own, other than the Blob in the place of which it is sent.
      if (body !== request.body) headers.set("Content-Type", type as string, true);
      request.body = signed.body;
      const { contentType, authorization } = signed;
      if (contentType !== undefined) headers.set("Content-Type", contentType, true);
      if (authorization !== undefined) headers.set("Authorization", authorization, true);
    }),
  );
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
