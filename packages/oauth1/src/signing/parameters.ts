import { formDecode, percentEncode, withEach } from "./percent-encoding.ts";

/** A name and a value, decoded. */
export type Parameter = readonly [name: string, value: string];

/**
 * The parameters of a query or a form body, each decoded once (RFC 5849 §3.4.1.3.1); undefined if one cannot be decoded.
 * A parameter without "=" has an empty value.
 */
export function parseForm(text: string): Parameter[] | undefined {
  const parameters: Parameter[] = [];
  if (text === "") return parameters;
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

/** A parameter as it is sent: its name and value percent-encoded. */
export interface SentParameter {
  readonly name: string;
  readonly value: string;
}

/** A parameter as it is sent, and as it is signed. */
export interface EncodedParameter extends SentParameter {
  /** `name=value`, percent-encoded again: its part of the base string (RFC 5849 §3.4.1.1). */
  readonly signed: string;
}

/** Parameters percent-encoded (RFC 5849 §3.6). */
export function encodedParameters(parameters: readonly Parameter[]): EncodedParameter[] {
  return parameters.map(([name, value]) => encodedParameter(name, value));
}

/** A parameter percent-encoded (RFC 5849 §3.6). */
export function encodedParameter(name: string, value: string): EncodedParameter {
  const encoded = { name: percentEncode(name), value: percentEncode(value) };
  return { ...encoded, signed: `${encodeAgain(encoded.name)}%3D${encodeAgain(encoded.value)}` };
}

/** A parameter that has unreserved characters only, which encoding does not change. */
export function plainParameter(name: string, value: string): EncodedParameter {
  return { name, value, signed: `${name}%3D${value}` };
}

/** Percent-encodes encoded text again: only "%" changes. */
function encodeAgain(encoded: string): string {
  return withEach(encoded, "%", "%25");
}

/** Parameters as a query or a form body; a space is `%20`, which every server reads. */
export function formOf(parameters: readonly SentParameter[]): string {
  let form = "";
  for (const { name, value } of parameters) form += `${form === "" ? "" : "&"}${name}=${value}`;
  return form;
}
