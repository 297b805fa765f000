import { createHash } from "node:crypto";
import type { WireParameters } from "../server/parameters.ts";

/** The state of a code. */
type CodeState<Grant> =
  | { readonly state: "valid"; readonly grant: Grant }
  | { readonly state: "used" | "expired" | "unknown" };

/** A store of authorization codes, each of which works once. */
export interface CodeStore<Grant> {
  /** Adds a code with its grant. */
  add(code: string, grant: Grant): void;
  /** Looks up a code without using it. */
  find(code: string | undefined): CodeState<Grant>;
  /** Marks a code as used. */
  spend(code: string): void;
}

// GitHub documents 10 minutes; the other two are assumed to do the same.
const LIFETIME_MS = 600_000;

/** Creates an empty store. Codes expire after 10 minutes on the given clock (milliseconds). */
export function codeStore<Grant>(now: () => number): CodeStore<Grant> {
  const codes = new Map<string, { grant: Grant; expiresAt: number; used: boolean }>();
  return {
    add(code, grant) {
      codes.set(code, { grant, expiresAt: now() + LIFETIME_MS, used: false });
    },
    find(code) {
      const entry = code === undefined ? undefined : codes.get(code);
      if (entry === undefined) return { state: "unknown" };
      if (entry.used) return { state: "used" };
      if (entry.expiresAt <= now()) return { state: "expired" };
      return { state: "valid", grant: entry.grant };
    },
    spend(code) {
      const entry = codes.get(code);
      if (entry !== undefined) entry.used = true;
    },
  };
}

/** The code challenge of an authorization request (RFC 7636). */
export interface ProofKey {
  readonly challenge: string;
  readonly method: "S256" | "plain";
}

/** Reads the code challenge of an authorization request. Without a method it is `plain` (RFC 7636 section 4.3). */
export function proofKeyIn(parameters: WireParameters): ProofKey | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = parameters;
  if (challenge === undefined) return undefined;
  return { challenge, method: method === "S256" ? "S256" : "plain" };
}

// RFC 7636 section 4.1.
const WELL_FORMED_VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/** Whether the code verifier matches the challenge. */
export function verifierMatches(verifier: string, { challenge, method }: ProofKey): boolean {
  if (!WELL_FORMED_VERIFIER.test(verifier)) return false;
  const derived =
    method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  return derived === challenge;
}
