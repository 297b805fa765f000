import type { OutgoingRequest } from "@grantkit/core/requests";
import { type Eventual, whenThere } from "../signing/crypto.ts";
import { FORM_TYPE, mediaType } from "../signing/request-body.ts";
import type { OAuthValues } from "../signing/protocol-parameters.ts";
import type { SignedParts, Signer } from "../signing/signer.ts";

/**
 * Signs a request before it is sent: replaces its URL, headers and body where the signature changes them. Synchronous where
 * possible, so that nothing has to be awaited.
 *
 * @throws ConfigurationError, OAuthError with code `REQUEST_UNSIGNABLE` or `TOKEN_IN_URL`.
 */
export function signOutgoing(
  signer: Signer,
  request: OutgoingRequest,
  values: OAuthValues,
): Eventual<void> {
  const { body, headers } = request;
  if (body === undefined || body === null) {
    return whenThere(signer.sign(request, values), (signed) => apply(request, signed));
  }
  const type = ownTypeOf(body) ?? headers.get("content-type");
  const seen = { get: (name: string) => (name === "content-type" ? type : headers.get(name)) };
  return whenThere(readForm(body, type), (read) =>
    whenThere(signer.sign({ ...request, body: read, headers: seen }, values), (signed) => {
      // The text of a Blob, unlike the Blob itself, brings no Content-Type along.
      if (read !== body) headers.set("Content-Type", type as string, true);
      apply(request, signed);
    }),
  );
}

function apply(request: OutgoingRequest, signed: SignedParts): void {
  const { method, url, body, contentType, authorization } = signed;
  const { headers } = request;
  if (url !== request.url.href) request.url = new URL(url);
  request.method = method;
  request.body = body;
  if (contentType !== undefined) headers.set("Content-Type", contentType, true);
  if (authorization !== undefined) headers.set("Authorization", authorization, true);
}

/** The Content-Type that a body brings along: until it sends a POST, axios gives each the type of a form. */
function ownTypeOf(body: unknown): string | undefined {
  const { getHeaders, type } = body as Record<string, unknown>;
  if (body instanceof FormData || typeof getHeaders === "function") return "multipart/form-data";
  return body instanceof Blob && type !== "" ? (type as string) : undefined;
}

/** Reads a form that has to be read before it can be signed: the body of a `Request` is a stream. */
function readForm(body: unknown, contentType: unknown): unknown {
  if (!(body instanceof ReadableStream || body instanceof Blob)) return body;
  const isForm = typeof contentType === "string" && mediaType(contentType) === FORM_TYPE;
  return isForm ? new Response(body).text() : body;
}
