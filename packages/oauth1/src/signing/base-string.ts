import { percentEncode } from "./percent-encoding.ts";
import { type EncodedParameter, normalizedParameters } from "./parameters.ts";

/**
 * The signature base string (RFC 5849 §3.4.1.1).
 *
 * @param method - In upper case.
 * @param url - Parsed: case, default port, dot segments and spaces of scheme, authority and path are as they travel,
 * which is what §3.4.1.2 wants of the base string URI. A user name, query and fragment are no part of it.
 * @param authority - The URL's, or the one that a `Host` header names instead.
 * @param parameters - Those of the query, of a form body and the `oauth_` ones.
 */
export function signatureBaseString(
  method: string,
  url: URL,
  authority: string,
  parameters: readonly EncodedParameter[],
): string {
  const uri = percentEncode(`${url.protocol}//${authority}${url.pathname}`);
  // What is encoded already has no character that encodeURIComponent would leave out.
  return `${percentEncode(method)}&${uri}&${encodeURIComponent(normalizedParameters(parameters))}`;
}
