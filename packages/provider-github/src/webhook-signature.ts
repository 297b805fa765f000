/** Computes the HMAC-SHA256 of a webhook's body, as 64 hex digits; with Node's crypto at once. */
export function signatureOf(
  secret: string,
  body: Uint8Array<ArrayBuffer> | string,
): string | Promise<string> {
  // WebCrypto hands each signature to another thread, which takes ten times as long as to sign a small body.
  if (typeof process === "object" && typeof process.getBuiltinModule === "function") {
    const { createHmac } = process.getBuiltinModule("node:crypto");
    return createHmac("sha256", secret).update(body).digest("hex");
  }
  return webSignatureOf(secret, typeof body === "string" ? utf8.encode(body) : body);
}

const utf8 = new TextEncoder();

async function webSignatureOf(secret: string, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = crypto;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await subtle.sign("HMAC", key, body));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
