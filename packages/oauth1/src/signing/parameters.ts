import { formDecode, percentEncode } from "./percent-encoding.ts";

/** A name and a value, decoded. */
export type Parameter = readonly [name: string, value: string];

/**
 * The parameters of a query or a form body, each decoded once (RFC 5849 §3.4.1.3.1); undefined when one cannot be.
 *
 * A parameter without "=" has an empty value, as one with nothing after it. Between "&" and "&" there is none.
 */
export function parseForm(text: string): Parameter[] | undefined {
  const parameters: Parameter[] = [];
  for (const piece of text.split("&")) {
    if (piece === "") continue;
    const at = piece.indexOf("=");
    const name = formDecode(at < 0 ? piece : piece.slice(0, at));
    const value = at < 0 ? "" : formDecode(piece.slice(at + 1));
    if (name === undefined || value === undefined) return undefined;
    parameters.push([name, value]);
  }
  return parameters;
}

/** Parameters as a query or form body has them; a space is `%20`, which every server reads. */
export function formOf(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}

/**
 * Parameters in the one order that both sides find (RFC 5849 §3.4.1.3.2): encoded, then sorted by the bytes of the
 * name, then of the value.
 */
export function normalizedParameters(parameters: readonly Parameter[]): string {
  // What is encoded is ASCII, so that JavaScript's own order is that of the bytes. A space sorts before all that an
  // encoded name may have; "=" would not, and "a-" would come before "a".
  return parameters
    .map(([name, value]) => `${percentEncode(name)} ${percentEncode(value)}`)
    .toSorted()
    .join("&")
    .replaceAll(" ", "=");
}
