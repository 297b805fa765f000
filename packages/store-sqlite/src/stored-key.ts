/*
 * SQLite ends a text at NUL in some drivers, and UTF-8 has no lone surrogates. So a key is stored in printable ASCII, with
 * every other UTF-16 code unit as `\uXXXX`. The prefix of a key stays a prefix, and usual keys stay as they are.
 */

/** Encodes a key for the database. */
export function encodeKey(key: string): string {
  return key.replaceAll(
    /[^ -[\]-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Decodes a key of the database. */
export function decodeKey(stored: string): string {
  return stored.replaceAll(/\\u([\da-f]{4})/g, (_escape, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
