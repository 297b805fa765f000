import { randomAlphanumeric } from "../oauth/random-text.ts";
import type { OAuth1World } from "./world.ts";

// RFC 5849 says nothing about the characters of a token. Whoever encodes or decodes once too often, or not at all, breaks
// these: "%2B" is not "+", and "+" is not a space.
const AWKWARD = "%2B+/=&é~ ";

/** A new token, secret, verifier or session handle. */
export function newCredential({ switches }: OAuth1World, length: number): string {
  return switches.credentials === "awkward"
    ? `${randomAlphanumeric(length)}${AWKWARD}${randomAlphanumeric(2)}`
    : randomAlphanumeric(length);
}
