import { createHash } from "node:crypto";

/** What became of a code. */
type CodeState<Grant> =
  | { readonly state: "valid"; readonly grant: Grant }
  | { readonly state: "used" | "expired" | "unknown" };

/** Authorization codes: each works once and not for long. */
export interface CodeStore<Grant> {
  /** Keeps what a code stands for. */
  keep(code: string, grant: Grant): void;
  /** Looks a code up without using it. */
  find(code: string | undefined): CodeState<Grant>;
  /** Makes sure that a code never works again. */
  spend(code: string): void;
}

// All three providers: about ten minutes (GitHub's documentation says so, the others are taken to be alike).
const LIFETIME_MS = 600_000;

/** An empty store whose codes live 10 minutes by the given clock (milliseconds). */
export function codeStore<Grant>(now: () => number): CodeStore<Grant> {
  const codes = new Map<string, { grant: Grant; expiresAt: number; used: boolean }>();
  return {
    keep(code, grant) {
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
