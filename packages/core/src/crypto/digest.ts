import { nodeCrypto } from "./node-crypto.ts";

/** Computes the SHA-256 of a text as base64url: PKCE's challenge (RFC 7636 §4.2), DPoP's `ath` (RFC 9449 §4.2). */
export function sha256(text: string): string | Promise<string> {
  const node = nodeCrypto();
  if (node?.hash) return node.hash("sha256", text, "base64url");
  if (node) return node.createHash("sha256").update(text).digest("base64url");
  return crypto.subtle
    .digest("SHA-256", new TextEncoder().encode(text))
    .then((digest) => base64url(new Uint8Array(digest)));
}

/** Encodes bytes as base64url without padding (RFC 7515 §2). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
