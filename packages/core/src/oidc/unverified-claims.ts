/**
 * Reads the claims of a JWT that nobody has verified: they may only serve to refuse it, never to believe it.
 *
 * @returns undefined for what is not a JWT.
 */
export function unverifiedClaims(jwt: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const [, payload = ""] = jwt.split(".", 2);
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
