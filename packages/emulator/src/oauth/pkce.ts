import { createHash } from "node:crypto";

/** What an authorization request said about its proof key (RFC 7636). */
export interface ProofKey {
  readonly challenge: string;
  readonly method: "S256" | "plain";
}

// RFC 7636 section 4.1.
const WELL_FORMED_VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/** Whether the verifier belongs to the challenge. */
export function proves(verifier: string, { challenge, method }: ProofKey): boolean {
  if (!WELL_FORMED_VERIFIER.test(verifier)) return false;
  const derived =
    method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  return derived === challenge;
}
