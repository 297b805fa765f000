import { decodeBase64Url } from "../crypto/digest.ts";
import { type Fields, readFields } from "../options/read-fields.ts";
import { jsonObject } from "../tokens/json-object.ts";

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
  const fields = jsonObject(decodeBase64Url(jwt.split(".", 2)[index] ?? "") ?? "");
  return fields && readFields(fields);
}
