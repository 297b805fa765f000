import type { OutgoingRequest } from "@grantkit/core/requests";
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
  const { headers, body } = request;
  const own = ownTypeOf(body);
  const seen = {
    get: (name: string): unknown =>
      own !== undefined && name === "content-type" ? own : headers.get(name),
  };
  const signed = await signer.sign({ ...request, headers: seen }, values);
  if (signed.url !== request.url.href) request.url = new URL(signed.url);
  request.method = signed.method;
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
