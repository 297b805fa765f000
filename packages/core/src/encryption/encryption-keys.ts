import { isObject, must, optionProblems, type OptionRule } from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";

/** A key that encrypts stored tokens. */
export interface EncryptionKey {
  /**
   * The key's name, for example `2026-11`: up to 100 letters, digits and `. _ : / -`. Each record is stored with the name of
   * its key, in plain text. Never give another key the name of an earlier one.
   */
  readonly id: string;
  /**
   * 32 random bytes, as bytes or as their base64, base64url or hexadecimal text: what `openssl rand -base64 32` prints. It
   * may be used for other purposes too: tokens are encrypted with a key that is derived from it (HKDF, RFC 5869).
   */
  readonly key: Uint8Array | string;
}

/** The current key, or a list: the first encrypts, all decrypt. */
export type EncryptionKeys = EncryptionKey | readonly EncryptionKey[];

/**
 * Gives the keys when a record is first read or written: from a key management service, a keychain, a mounted secret.
 *
 * The keys are kept for 10 minutes; then the function is called in the background, and the earlier keys serve until it
 * returns. It is called again at once, at most every 10 seconds, when a record was encrypted with a key that it did not
 * return. It may take 10 seconds. An error of the function becomes `STORE_FAILED` (`retryable`), without its message.
 */
export type EncryptionKeySource = () => EncryptionKeys | Promise<EncryptionKeys>;

/** A key as bytes that nobody else has. */
export interface KeyBytes {
  readonly id: string;
  // Not Uint8Array: with the types of browsers that would have to be generic, which TypeScript 5.6 does not know.
  readonly bytes: ArrayBuffer;
}

const LENGTH = 32;

/** Whether a text can be the name of a key. */
export function isKeyId(value: unknown): value is string {
  return typeof value === "string" && /^[\w.:/-]{1,100}$/.test(value);
}

const required =
  (rule: OptionRule): OptionRule =>
  (value, name, options) =>
    rule(value ?? null, name, options);

const KEY_RULES = {
  id: required(
    must('be a name of up to 100 letters, digits and . _ : / -, for example "2026-11"', isKeyId),
  ),
  key: required(
    must(
      "be 32 bytes: a Uint8Array, or base64, base64url or hexadecimal text. Make a key with: openssl rand -base64 32",
      (value) => bytesOf(value) !== undefined,
    ),
  ),
};

/** Lists what is wrong with keys; quotes nothing of them. */
export function keyProblems(given: unknown, name: string): string[] {
  const isList = Array.isArray(given);
  const keys: readonly unknown[] = isList ? given : [given];
  if (keys.length === 0) return [`${name} must have at least one key`];
  const problems = keys.flatMap((key, index) => {
    const place = isList ? `${name}[${index}]` : name;
    return isObject(key) && !Array.isArray(key)
      ? optionProblems(key, KEY_RULES, `${place}.`)
      : [`${place} must be { id, key }`];
  });
  const ids = keys.map((key) => (key as EncryptionKey | undefined)?.id);
  if (problems.length === 0 && new Set(ids).size < ids.length) {
    problems.push(`${name} must have a different id for each key`);
  }
  return problems;
}

/** Copies the bytes of keys in which {@link keyProblems} finds nothing. */
export function keyBytes(given: EncryptionKeys): readonly KeyBytes[] {
  return [given].flat().map((each) => {
    const { id, key } = ownOptions(each);
    return { id, bytes: bytesOf(key) as ArrayBuffer };
  });
}

function bytesOf(key: unknown): ArrayBuffer | undefined {
  const bytes = typeof key === "string" ? decoded(key.trim()) : key;
  // Not by instanceof: a Buffer may come from another realm.
  return ArrayBuffer.isView(bytes) && bytes.byteLength === LENGTH
    ? new Uint8Array(new Uint8Array(bytes.buffer, bytes.byteOffset, LENGTH)).buffer
    : undefined;
}

/** Decodes a text. The length tells hexadecimal from base64: 64 characters of base64 would be 48 bytes. */
function decoded(text: string): Uint8Array | undefined {
  if (/^[\da-f]{64}$/i.test(text)) {
    return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  }
  if (!/^[\w+/-]{43}=?$/.test(text)) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
