import { isIssuerOfKey } from "./issuer.ts";
import { JwtRefusal } from "./jwt-refusal.ts";
import type { KeySetDocument } from "./key-set.ts";
import { unverifiedClaims, unverifiedHeader } from "./unverified-claims.ts";

type PublishedKey = KeySetDocument["keys"][number];

// What was chosen before is the same object again, for which jose keeps the keys that it has imported.
const choices = new WeakMap<KeySetDocument, Map<string, KeySetDocument>>();

/**
 * Chooses the keys that may sign for a JWT's issuer. Where a provider with many tenants has one key set for all, a key's own
 * `issuer` says whose tokens it signs: another tenant's key proves nothing.
 *
 * The JWT is not verified yet: only its own issuer's keys are left to verify it with.
 *
 * @throws {@link JwtRefusal} when the JWT names a key of another issuer.
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature
 */
export function keysForIssuer(document: KeySetDocument, jwt: string): KeySetDocument {
  if (!document.keys.some((key) => issuerOf(key) !== undefined)) return document;
  const iss = unverifiedClaims(jwt)?.["iss"];
  const fitting = document.keys.map((key) => {
    const issuer = issuerOf(key);
    if (issuer === undefined) return true;
    return typeof issuer === "string" && typeof iss === "string" && isIssuerOfKey(issuer, iss);
  });
  const keys = document.keys.filter((_key, index) => fitting[index]);
  const kid = unverifiedHeader(jwt)?.["kid"];
  const isNamed = (key: PublishedKey) => kid !== undefined && key["kid"] === kid;
  if (document.keys.some(isNamed) && !keys.some(isNamed)) {
    throw new JwtRefusal("iss", "the key it names signs for another issuer than its iss");
  }
  const known = choices.get(document) ?? new Map<string, KeySetDocument>();
  choices.set(document, known);
  const choice = known.get(fitting.join()) ?? { keys };
  known.set(fitting.join(), choice);
  return choice;
}

/** Undefined for a key of all issuers; an issuer that is no text is none of them. */
function issuerOf(key: PublishedKey): unknown {
  return Object.hasOwn(key, "issuer") ? (key["issuer"] ?? undefined) : undefined;
}
