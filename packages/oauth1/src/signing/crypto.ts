import type * as node from "node:crypto";

/** Node's crypto module. */
export type NodeCrypto = typeof node;

let loaded: NodeCrypto | undefined;

/**
 * Node's crypto module, where there is one: it signs without a promise and ten times faster than WebCrypto. Loaded at first
 * use: a program that only imports the package does not pay for it.
 */
export function nodeCrypto(): NodeCrypto | undefined {
  if (loaded) return loaded;
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") {
    return undefined;
  }
  loaded = process.getBuiltinModule("node:crypto");
  return loaded;
}

/** A digest by the name that WebCrypto has for it. */
export type DigestName = "SHA-1" | "SHA-256" | "SHA-512";

/** A value, or a promise of it: WebCrypto answers with promises, Node's crypto does not. */
export type Eventual<Value> = Value | Promise<Value>;

const NODE_NAMES = { "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512" } as const;

/** The name that Node has for a digest. */
export function nodeDigestName(name: DigestName): (typeof NODE_NAMES)[DigestName] {
  return NODE_NAMES[name];
}

/** Calls a function with a value: at once, unless the value is a promise. */
export function whenThere<Value, Next>(
  value: Eventual<Value>,
  goOn: (value: Value) => Eventual<Next>,
): Eventual<Next> {
  // Not by instanceof: a promise may be of another realm.
  const isPromise = typeof (value as { then?: unknown } | null | undefined)?.then === "function";
  return isPromise ? (value as Promise<Value>).then((there) => goOn(there)) : goOn(value as Value);
}

/** The digest of a text's UTF-8 or of bytes, as base64. */
export function digest(name: DigestName, data: string | Uint8Array): Eventual<string> {
  const node = nodeCrypto();
  if (node) return node.createHash(NODE_NAMES[name]).update(data).digest("base64");
  return crypto.subtle.digest(name, bytesOf(data)).then((hash) => base64(new Uint8Array(hash)));
}

/** The HMAC of a text (RFC 2104), as base64. */
export function hmac(name: DigestName, secret: string, text: string): Eventual<string> {
  const node = nodeCrypto();
  if (node) return node.createHmac(NODE_NAMES[name], secret).update(text).digest("base64");
  return webHmac(name, secret, text);
}

async function webHmac(name: DigestName, secret: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: name };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
  return base64(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(text))));
}

const UTF8 = new TextEncoder();

/** Bytes as WebCrypto takes them: the type differs between versions of TypeScript. */
type WebBytes = Parameters<typeof crypto.subtle.digest>[1];

/** A text's UTF-8, or the bytes themselves. */
export function bytesOf(data: string | Uint8Array): WebBytes {
  const bytes: Uint8Array<ArrayBuffer> = (
    typeof data === "string" ? UTF8.encode(data) : data
  ) as Uint8Array<ArrayBuffer>;
  return bytes;
}

/** Bytes as base64 with padding (RFC 4648 §4). */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

const BYTES = 16;
const NONCES_AT_ONCE = 64;

let pool: Buffer | undefined;
let used = 0;

/**
 * 128 random bits as 32 hexadecimal digits, which every server takes: never the same for two requests (RFC 5849 §3.3).
 *
 * The bytes of many are drawn at once: the call costs twenty times what the bytes do.
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
