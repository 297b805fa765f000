import { createHash } from "node:crypto";

/*
 * All text in the table is printable ASCII, as JSON escapes it: PostgreSQL has no NUL and no lone surrogate, and a database
 * may have another encoding than UTF-8. The escapes keep prefixes: a key begins with a text exactly if its encoded form
 * begins with that text's.
 */

/** The characters of a key that the primary key holds: an index entry has 2,704 bytes at most. */
const INDEXED = 500;

/** A key as the table has it. */
export interface EncodedKey {
  /** The primary key: all of a short key; the beginning of a long one, and a digest. */
  readonly key: string;
  /** What the primary key lacks. */
  readonly rest: string | null;
}

/** Writes a key as the table has it. */
export function encodeKey(key: string): EncodedKey {
  const text = escape(key, /[^\u0020-\u007e]|\\/g);
  if (text.length <= INDEXED) return { key: text, rest: null };
  // Longer than any short key, so that none of them is the same.
  const digest = createHash("sha256").update(text).digest("hex");
  return { key: `${text.slice(0, INDEXED)}${digest}`, rest: text.slice(INDEXED) };
}

/** Reads a key from the table. */
export function decodeKey({ key, rest }: EncodedKey): string {
  const text = rest === null ? key : `${key.slice(0, INDEXED)}${rest}`;
  return text.replace(/\\u([\da-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The least and the greatest text between which the primary keys with a prefix are. */
export function rangeOf(prefix: string): readonly [string, string] {
  const start = encodeKey(prefix).key.slice(0, INDEXED);
  return [start, `${start}\u007f`];
}

/** Whether a text can be a primary key. */
export function isEncodedKey(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

/** Writes a value as JSON in ASCII. */
export function toAsciiJson(value: unknown): string {
  return escape(JSON.stringify(value), /[^\u0020-\u007e]/g);
}

function escape(text: string, characters: RegExp): string {
  return text.replace(
    characters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
