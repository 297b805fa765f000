/**
 * Builds the value of an `Authorization` header for HTTP Basic (RFC 7617).
 *
 * @param way - `"basic"` form-encodes both parts first, as RFC 6749 §2.3.1 wants; `"basicRaw"` does not.
 */
export function basicAuthorization(
  way: "basic" | "basicRaw",
  clientId: string,
  clientSecret: string,
): string {
  const encode = way === "basic" ? formEncoded : String;
  return `Basic ${basicCredentials(encode(clientId), encode(clientSecret))}`;
}

/** Joins a name and a password as HTTP Basic does: UTF-8, then base64 (RFC 7617 §2). */
export function basicCredentials(name: string, password: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${name}:${password}`)));
}

/**
 * Encodes as `application/x-www-form-urlencoded`. openid-client encodes hyphens and dots as well, which is allowed, but a
 * server that does not decode then sees another client; most IDs and secrets have nothing else to encode.
 */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
