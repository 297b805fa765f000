/**
 * A string in which each character stands for one byte on the wire. Signatures are made of bytes, and clients may send bytes
 * that are not UTF-8.
 */
export type ByteText = string;

/** Decodes each `%XX`. Any other `%` stays. */
export function percentDecoded(encoded: ByteText): ByteText {
  return encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Decodes a name or a value of a form or a query, where `+` is a space. */
function formDecoded(encoded: ByteText): ByteText {
  return percentDecoded(encoded.replaceAll("+", " "));
}

/** Encodes all bytes but letters, digits, `-`, `.`, `_` and `~`, with upper-case digits (RFC 5849 section 3.6). */
export function percentEncoded(bytes: ByteText): string {
  return bytes.replaceAll(
    /[^A-Za-z0-9\-._~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Returns the UTF-8 bytes of a text. */
export function bytesOf(text: string): ByteText {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Returns the text of UTF-8 bytes. */
export function textOf(bytes: ByteText): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Makes a form of percent-encoded fields, without those that are undefined. */
export function formEncoded(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map((field) => field.map((part) => percentEncoded(bytesOf(part))).join("="))
    .join("&");
}

/** A parameter, decoded to bytes. */
export interface ParameterPair {
  readonly name: ByteText;
  readonly value: ByteText;
}

/** Parses a query or a form body, in order, with duplicate and empty parameters (RFC 5849 section 3.4.1.3.1). */
export function formPairs(encoded: ByteText): ParameterPair[] {
  return encoded
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name: formDecoded(name), value: formDecoded(value.join("=")) };
    });
}
