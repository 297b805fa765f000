import type { EncodedParameter } from "./parameters.ts";
import { percentEncode } from "./percent-encoding.ts";

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
  const uri = percentEncode(`${url.protocol}//${authority}${url.pathname}`);
  let pairs = "";
  // Sorted by the encoded bytes of the name, then of the value (§3.4.1.3.2).
  for (const { name, value } of parameters.toSorted(byNameAndValue)) {
    pairs += `${pairs === "" ? "" : "%26"}${encodeAgain(name)}%3D${encodeAgain(value)}`;
  }
  return `${percentEncode(method)}&${uri}&${pairs}`;
}

/** Percent-encodes what is percent-encoded already: of its characters, only "%" needs it. */
function encodeAgain(encoded: string): string {
  return encoded.includes("%") ? encoded.replaceAll("%", "%25") : encoded;
}

/** Encoded text is ASCII, so JavaScript's order is that of the bytes. */
function byNameAndValue(one: EncodedParameter, other: EncodedParameter): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.value === other.value) return 0;
  return one.value < other.value ? -1 : 1;
}
