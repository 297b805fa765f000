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

/** A parameter whose name and value are percent-encoded: once, for signature and sending. */
export interface EncodedParameter {
  readonly name: string;
  readonly value: string;
}

/** Parameters percent-encoded (RFC 5849 §3.6). */
export function encodedParameters(parameters: readonly Parameter[]): EncodedParameter[] {
  return parameters.map(([name, value]) => encodedParameter(name, value));
}

/** A parameter percent-encoded (RFC 5849 §3.6). */
export function encodedParameter(name: string, value: string): EncodedParameter {
  return { name: percentEncode(name), value: percentEncode(value) };
}

/** Parameters as a query or form body has them; a space is `%20`, which every server reads. */
export function formOf(parameters: readonly EncodedParameter[]): string {
  let form = "";
  for (const { name, value } of parameters) form += `${form === "" ? "" : "&"}${name}=${value}`;
  return form;
}
