import type { EncodedParameter } from "./parameters.ts";
import { encodeReserved, percentEncode } from "./percent-encoding.ts";

/**
 * The signature base string (RFC 5849 §3.4.1.1).
 *
 * @param method - In upper case.
 * @param url - Parsed, and so normalized as §3.4.1.2 requires: case, default port, dot segments and spaces. User name, query
 * and fragment are left out.
 * @param authority - The URL's, or the one that a `Host` header names instead.
 * @param parameters - Those of the query, of a form body and the `oauth_` ones.
 */
export function signatureBaseString(
  method: string,
  url: URL,
  authority: string,
  parameters: readonly EncodedParameter[],
): string {
  const uri = encodeReserved(`${url.protocol}//${authority}${url.pathname}`);
  let pairs = "";
  for (const { signed } of inOrder(parameters)) pairs += `${pairs === "" ? "" : "%26"}${signed}`;
  return `${percentEncode(method)}&${uri}&${pairs}`;
}

/** Parameters sorted by the encoded bytes of the name, then of the value (§3.4.1.3.2). */
function inOrder(parameters: readonly EncodedParameter[]): readonly EncodedParameter[] {
  // Most often they are: the protocol's own come sorted, and many requests have no others.
  const areSorted = parameters.every(
    (each, index) => byNameAndValue(parameters[index - 1] ?? each, each) <= 0,
  );
  return areSorted ? parameters : parameters.toSorted(byNameAndValue);
}

/** Encoded text is ASCII, so JavaScript's order is that of the bytes. */
function byNameAndValue(one: EncodedParameter, other: EncodedParameter): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.value === other.value) return 0;
  return one.value < other.value ? -1 : 1;
}
