import { wellFormed } from "../options/well-formed.ts";

const MARK = "[redacted]";
/** An asterisk. */
const MASK = 0x2a;
const SHORTEST_SECRET = 4;
const LONGEST_TEXT = 500;

/** Takes known secrets out of text and values that others wrote. */
export class Redactor {
  readonly #forms: readonly string[];

  /** @param secrets - What must not be seen; undefined entries are passed over. */
  constructor(secrets: Iterable<string | undefined>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      if (secret === undefined || secret.length < SHORTEST_SECRET) continue;
      forms.add(secret);
      const inForm = new URLSearchParams({ s: secret }).toString().slice(2);
      for (const encoded of [encodeURIComponent(wellFormed(secret)), inForm]) {
        forms.add(encoded);
        // Hex digits in lower case are as good (RFC 3986 §2.1), and some servers write them.
        forms.add(encoded.replace(/%../g, (part) => part.toLowerCase()));
      }
      forms.add(JSON.stringify(secret).slice(1, -1));
    }
    // Longest first: a secret that contains another is taken out whole.
    this.#forms = [...forms].toSorted((a, b) => b.length - a.length);
  }

  /** The text without secrets. */
  text(text: string): string {
    let result = text;
    for (const form of this.#forms) result = result.replaceAll(form, MARK);
    return result;
  }

  /** Overwrites secrets in bytes, where they stand. */
  bytes(bytes: Uint8Array): void {
    for (const form of this.#forms) {
      const secret = new TextEncoder().encode(form);
      const [first = 0] = secret;
      for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
        const start = at;
        if (secret.every((byte, index) => bytes[start + index] === byte)) {
          bytes.fill(MASK, start, start + secret.length);
        }
      }
    }
  }

  /** The text without secrets, fit for a message: one line, no control characters, at most 500 characters. */
  line(text: string): string {
    const line = this.text(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
    return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
  }
}
