/**
 * Text whose every character stands for one byte, as it was on the wire. Signatures are made of bytes, and not all bytes
 * that a client may send are UTF-8.
 */
export type ByteText = string;

/** The bytes with each `%XX` replaced by the byte that it stands for. A `%` before anything else stays. */
export function percentDecoded(encoded: ByteText): ByteText {
  return encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The bytes of one name or value of a form or a query, where `+` is a space. */
function formDecoded(encoded: ByteText): ByteText {
  return percentDecoded(encoded.replaceAll("+", " "));
}

/** The bytes encoded as RFC 5849 section 3.6 says: all but letters, digits, `-`, `.`, `_` and `~`, in capitals. */
export function percentEncoded(bytes: ByteText): string {
  return bytes.replaceAll(
    /[^A-Za-z0-9\-._~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): ByteText {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text that bytes stand for in UTF-8. */
export function textOf(bytes: ByteText): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Fields as a form, each percent-encoded; those that are undefined are left out. */
export function formEncoded(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map((field) => field.map((part) => percentEncoded(bytesOf(part))).join("="))
    .join("&");
}

/** One parameter, decoded to bytes. */
export interface ParameterPair {
  readonly name: ByteText;
  readonly value: ByteText;
}

/** The pairs of a query or of a form body, in order, duplicates and empty ones included (RFC 5849 section 3.4.1.3.1). */
export function formPairs(encoded: ByteText): ParameterPair[] {
  return encoded
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name: formDecoded(name), value: formDecoded(value.join("=")) };
    });
}
