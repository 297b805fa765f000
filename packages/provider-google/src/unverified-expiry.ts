/**
 * Reads when a JWT expires, in seconds since the epoch. Its signature is not verified: it comes from Google itself, over TLS,
 * and is for another server to verify.
 *
 * @returns undefined for what is no JWT, or has no `exp`.
 */
export function expiryOf(jwt: string): number | undefined {
  try {
    const [, payload = ""] = jwt.split(".");
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as object;
    const exp: unknown = Object.hasOwn(claims, "exp") ? Reflect.get(claims, "exp") : undefined;
    return typeof exp === "number" && Number.isFinite(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}
