import { ownFields } from "../options/own-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the claims of a JWT that nobody has verified: they may only serve to refuse it, never to believe it.
 *
 * @returns undefined for what is not a JWT.
 */
export function unverifiedClaims(jwt: string): Fields | undefined {
  return unverifiedPart(jwt, 1);
}

/** Reads the header of a JWT that nobody has verified, with the same limits. */
export function unverifiedHeader(jwt: string): Fields | undefined {
  return unverifiedPart(jwt, 0);
}

function unverifiedPart(jwt: string, index: 0 | 1): Fields | undefined {
  try {
    const part = jwt.split(".", 2)[index] ?? "";
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof fields === "object" && fields !== null && !Array.isArray(fields)
      ? ownFields(fields as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
