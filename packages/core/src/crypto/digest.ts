import { type DigestEncoding, nodeCrypto } from "./node-crypto.ts";

/**
 * Computes the SHA-256 of a text: PKCE's challenge (RFC 7636 §4.2), DPoP's `ath` (RFC 9449 §4.2).
 *
 * @param encoding - How the digest is written; both RFCs have base64url.
 */
export function sha256(
  text: string,
  encoding: DigestEncoding = "base64url",
): string | Promise<string> {
  const node = nodeCrypto();
  if (node?.hash) return node.hash("sha256", text, encoding);
  if (node) return node.createHash("sha256").update(text).digest(encoding);
  return crypto.subtle.digest("SHA-256", bytesOf(text)).then((digest) => encoded(digest, encoding));
}

/**
 * Computes the HMAC-SHA256 (RFC 2104) of a text's UTF-8 or of bytes. Compare it with `sameSecret()`, in constant time.
 *
 * @param encoding - How the HMAC is written: `"hex"`, or `"base64url"` without padding.
 */
export function hmacSha256(
  secret: string,
  data: string | Uint8Array,
  encoding: DigestEncoding,
): string | Promise<string> {
  const node = nodeCrypto();
  return node
    ? node.createHmac("sha256", secret).update(data).digest(encoding)
    : hmacOfWebCrypto(secret, data, encoding);
}

async function hmacOfWebCrypto(
  secret: string,
  data: string | Uint8Array,
  encoding: DigestEncoding,
): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
  return encoded(await crypto.subtle.sign("HMAC", key, bytesOf(data)), encoding);
}

/** Bytes as WebCrypto takes them: the type differs between versions of TypeScript. */
function bytesOf(data: string | Uint8Array): Parameters<typeof crypto.subtle.digest>[1] {
  const bytes: Uint8Array<ArrayBuffer> = (
    typeof data === "string" ? new TextEncoder().encode(data) : data
  ) as Uint8Array<ArrayBuffer>;
  return bytes;
}

function encoded(digest: ArrayBuffer, encoding: DigestEncoding): string {
  return (encoding === "hex" ? hex : base64url)(new Uint8Array(digest));
}

/** Encodes bytes as base64url without padding (RFC 7515 §2). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Decodes base64url, or base64, with or without padding, as UTF-8; undefined for any other text. */
export function decodeBase64Url(text: string): string | undefined {
  try {
    const binary = atob(text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
