import { OAuthError } from "@grantkit/core";
import type { EncodedParameter } from "./parameters.ts";
import { unsignable } from "../errors.ts";

/** The parameters that the protocol itself sends with a request (RFC 5849 §3.1), and the body hash extension's. */
const PROTOCOL_PARAMETERS: ReadonlySet<string> = new Set([
  "oauth_body_hash",
  "oauth_callback",
  "oauth_consumer_key",
  "oauth_nonce",
  "oauth_signature",
  "oauth_signature_method",
  "oauth_timestamp",
  "oauth_token",
  "oauth_verifier",
  "oauth_version",
]);

/** Whether a name is one of the protocol's own. */
export function isProtocolParameter(name: string): boolean {
  return name.startsWith("oauth_") && PROTOCOL_PARAMETERS.has(name);
}

/**
 * @param further - Parameters that this request will have besides.
 * @throws OAuthError with code `TOKEN_IN_URL` or `REQUEST_UNSIGNABLE` for a request that seems to be signed already.
 */
export function refuseSigned(
  query: readonly EncodedParameter[],
  form: readonly EncodedParameter[],
  authorization: string | undefined,
  further: Readonly<Record<string, string>> = {},
): void {
  // The encoded name will do: of a name of the protocol's it is the name itself.
  const ours = ({ name }: EncodedParameter) =>
    isProtocolParameter(name) || Object.hasOwn(further, name);
  if (query.some(ours)) {
    throw new OAuthError(
      "TOKEN_IN_URL",
      "The request's URL has OAuth parameters in it already. Pass the URL without them: they are added here, and those of another request are no longer valid.",
    );
  }
  if (form.some(ours)) {
    throw unsignable(
      "its body has OAuth parameters in it already. Leave them out of the body: callback and verifier are options, the others are added here",
    );
  }
  if (authorization !== undefined && /^\s*OAuth(?:\s|$)/i.test(authorization)) {
    throw unsignable(
      "it has an Authorization header of OAuth already. Leave the header out: it is made anew for each request",
    );
  }
}
