import type { ParameterPair } from "./parameter-pairs.ts";
import { percentEncoded } from "./percent-encoding.ts";

/** The signature base string (RFC 5849 section 3.4.1.1). The pairs are all that is signed, in any order. */
export function signatureBaseString(
  method: string,
  uri: string,
  pairs: readonly ParameterPair[],
): string {
  const parts = [method.toUpperCase(), uri, normalizedParameters(pairs)];
  return parts.map(percentEncoded).join("&");
}

/** The base string URI of a request that came over plain HTTP (RFC 5849 section 3.4.1.2). */
export function baseStringUri(requestTarget: string, host: string): string {
  const [, absoluteAuthority, rest = ""] =
    /^(?:http:\/\/([^/?#]*))?([^?#]*)/i.exec(requestTarget) ?? [];
  const authority = (absoluteAuthority ?? host).toLowerCase().replace(/:(?:80)?$/, "");
  return `http://${authority}${rest === "" ? "/" : rest}`;
}

/** RFC 5849 section 3.4.1.3.2: encoded first, then sorted by name and value, as bytes. */
function normalizedParameters(pairs: readonly ParameterPair[]): string {
  return pairs
    .map(({ name, value }) => [percentEncoded(name), percentEncoded(value)] as const)
    .toSorted(([name, value], [otherName, otherValue]) =>
      name === otherName ? order(value, otherValue) : order(name, otherName),
    )
    .map((pair) => pair.join("="))
    .join("&");
}

// Encoded text is ASCII, where JavaScript's order is the order of bytes.
function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
