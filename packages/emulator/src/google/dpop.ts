import { createHash, createHmac, randomBytes } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from "jose";
import type { JWTPayload } from "jose";
import { jsonReply } from "../oauth/responses.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { GoogleServer } from "./server.ts";

/** What the token endpoint remembers of DPoP proofs. */
export interface DpopState {
  /** The nonce that new proofs should have. It changes every five minutes. */
  nonce(): string;
  /** Whether a nonce is the current one or the one before. */
  accepts(nonce: unknown): boolean;
  /** Notes the id of a proof; false if it was used before. */
  useOnce(jti: string): boolean;
}

const NONCE_MS = 300_000;

/** Creates the memory of DPoP proofs on the given clock (milliseconds). */
export function dpopState(now: () => number): DpopState {
  const secret = randomBytes(32);
  const used = new Set<string>();
  const nonceAt = (period: number): string =>
    createHmac("sha256", secret).update(String(period)).digest("base64url");
  const period = (): number => Math.floor(now() / NONCE_MS);
  return {
    nonce: () => nonceAt(period()),
    accepts: (nonce) => nonce === nonceAt(period()) || nonce === nonceAt(period() - 1),
    useOnce(jti) {
      const isNew = !used.has(jti);
      used.add(jti);
      return isNew;
    },
  };
}

/** A request of the token endpoint, with the thumbprint of its key if it has a DPoP proof. */
export interface ProvenRequest {
  readonly parameters: WireParameters;
  readonly thumbprint: string | undefined;
}

/**
 * Checks the DPoP proof of a token request. Google binds refresh tokens only, and asks for a `jti` that is made from the code.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/web-server
 */
export async function provenRequest(
  server: GoogleServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Promise<ProvenRequest | Response> {
  const header = server.switches.dpop === "ignored" ? undefined : c.req.header("dpop");
  if (header === undefined) return { parameters, thumbprint: undefined };
  const proof = await readProof(server, header);
  const problem =
    proof === undefined ? "The proof is invalid." : proofProblem(server, proof, parameters);
  if (problem !== undefined || proof === undefined) {
    return dpopError(server, "invalid_dpop_proof", problem ?? "");
  }
  if (server.switches.dpop === "nonce" && !server.dpop.accepts(proof.claims["nonce"])) {
    return dpopError(
      server,
      "use_dpop_nonce",
      "Authorization server requires nonce in DPoP proof.",
    );
  }
  if (!server.dpop.useOnce(proof.claims.jti ?? "")) {
    return dpopError(server, "invalid_dpop_proof", "The proof was used before.");
  }
  return { parameters, thumbprint: proof.thumbprint };
}

/** Makes the error response to a proof, with the nonce for the next one. */
export function dpopError(server: GoogleServer, error: string, description: string): Response {
  const body = { error, error_description: description };
  return jsonReply(body, 400, { "dpop-nonce": server.dpop.nonce() });
}

interface Proof {
  readonly claims: JWTPayload;
  readonly thumbprint: string;
}

async function readProof(server: GoogleServer, proof: string): Promise<Proof | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: ["ES256"],
      currentDate: new Date(server.now()),
      maxTokenAge: 300,
      clockTolerance: 60,
    });
    return {
      claims: payload,
      thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}),
    };
  } catch {
    return undefined;
  }
}

function proofProblem(
  { endpoints }: GoogleServer,
  { claims }: Proof,
  { grant_type: grant, code = "" }: WireParameters,
): string | undefined {
  if (claims["htm"] !== "POST" || claims["htu"] !== endpoints.token) {
    return "The proof is for another request.";
  }
  const expected = createHash("sha256").update(code).digest("base64url");
  if (grant === "authorization_code" && claims.jti !== expected) {
    return "The jti must be the base64url-encoded SHA-256 digest of the code.";
  }
  return claims.jti === undefined ? "The proof has no jti." : undefined;
}
