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
  return crypto.subtle
    .digest("SHA-256", new TextEncoder().encode(text))
    .then((digest) => (encoding === "hex" ? hex : base64url)(new Uint8Array(digest)));
}

/** Encodes bytes as base64url without padding (RFC 7515 §2). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
