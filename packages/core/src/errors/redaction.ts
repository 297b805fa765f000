import { wellFormed } from "../options/well-formed.ts";

const MARK = "[redacted]";
/** The asterisk that overwrites each byte of a secret. */
const MASK = 0x2a;
const SHORTEST_SECRET = 4;
const LONGEST_TEXT = 500;
/** Control characters; those of bidirectional text could make a message read as another one (Unicode TR36 §2.2). */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** Removes known secrets from text that a server or a library wrote. */
export class Redactor {
  readonly #forms: readonly string[];

  /** @param secrets - The secrets to remove; undefined entries are skipped. */
  constructor(secrets: Iterable<string | undefined>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      if (secret === undefined || secret.length < SHORTEST_SECRET) continue;
      forms.add(secret);
      const inForm = new URLSearchParams({ s: secret }).toString().slice(2);
      for (const encoded of [encodeURIComponent(wellFormed(secret)), inForm]) {
        forms.add(encoded);
        // Lower-case hex digits mean the same (RFC 3986 §2.1), and some servers write them.
        forms.add(encoded.replace(/%../g, (part) => part.toLowerCase()));
      }
      forms.add(JSON.stringify(secret).slice(1, -1));
    }
    // Longest first, so that a secret which contains another is removed whole.
    this.#forms = [...forms].toSorted((a, b) => b.length - a.length);
  }

  /** The text without secrets. */
  text(text: string): string {
    let result = text;
    for (const form of this.#forms) result = result.replaceAll(form, MARK);
    return result;
  }

  /** Overwrites secrets in bytes, in place. */
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

  /**
   * The text without secrets, for a message: one line, no control characters.
   *
   * @param longest - How many characters are kept; 500 by default.
   */
  line(text: string, longest: number = LONGEST_TEXT): string {
    const line = this.text(text).replace(CONTROLS, " ");
    return line.length > longest ? `${line.slice(0, longest)}…` : line;
  }
}
