import { nodeCrypto } from "../node-crypto.ts";

const BYTES = 16;
const NONCES_AT_ONCE = 64;

let pool: Buffer | undefined;
let used = 0;

/**
 * 128 random bits as 32 hexadecimal digits, which every server takes: never the same for two requests (RFC 5849 §3.3).
 *
 * Node is asked for the bytes of many at once: the call costs twenty times what the bytes do.
 */
export function randomNonce(): string {
  const node = nodeCrypto();
  if (!node) return hex(crypto.getRandomValues(new Uint8Array(BYTES)));
  if (!pool || used === pool.length) {
    pool = node.randomBytes(BYTES * NONCES_AT_ONCE);
    used = 0;
  }
  used += BYTES;
  return pool.toString("hex", used - BYTES, used);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
