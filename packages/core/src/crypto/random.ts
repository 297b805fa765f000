import { base64url } from "./digest.ts";
import { type NodeCrypto, nodeCrypto } from "./node-crypto.ts";

const BYTES = 32;
const TOKENS_AT_ONCE = 32;

let pool: ReturnType<NodeCrypto["randomBytes"]> | undefined;
let used = 0;

/**
 * Generates 256 random bits as 43 characters of base64url, for state, nonce and PKCE verifiers (RFC 7636 §4.1).
 *
 * Node is asked for the bytes of several tokens at once, as it does itself for `randomUUID()`: the call takes twenty
 * times as long as the bytes. Used bytes are wiped.
 */
export function randomToken(): string {
  const node = nodeCrypto();
  if (!node) return base64url(crypto.getRandomValues(new Uint8Array(BYTES)));
  if (!pool || used === pool.length) {
    pool = node.randomBytes(BYTES * TOKENS_AT_ONCE);
    used = 0;
  }
  const start = used;
  used += BYTES;
  const token = pool.toString("base64url", start, used);
  pool.fill(0, start, used);
  return token;
}

/** Compares two secrets in constant time: it does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  // Of a text of another length, no character is compared: `a` takes its place, and the lengths differ.
  const other = a.length === b.length ? b : a;
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ other.charCodeAt(index);
  }
  return difference === 0;
}
