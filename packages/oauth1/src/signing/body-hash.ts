import type { DigestName } from "./digests.ts";
import type { MethodDefinition } from "./signature-methods.ts";

/** The digest of an `oauth_body_hash`, or `false` for none. */
export type BodyHash = DigestName | false;

/**
 * The digest that a body hash is made with; undefined when none is asked for.
 *
 * The extension (OAuth Request Body Hash 1.0, draft 4, §3.1) has SHA-1 for the SHA-1 methods and leaves it to other
 * methods to say what goes with them; those who use them take the method's own.
 */
export function bodyHashName(
  options: {
    readonly forceIncludeBody?: boolean | undefined;
    readonly bodyHash?: BodyHash | undefined;
  },
  method: MethodDefinition,
): DigestName | undefined {
  const { forceIncludeBody = false, bodyHash } = options;
  if (bodyHash !== undefined) return bodyHash || undefined;
  return forceIncludeBody ? methodDigest(method) : undefined;
}

/** The digest that goes with a signature method. */
export function methodDigest(method: MethodDefinition): DigestName {
  return method.kind === "hmac" || method.kind === "rsa" ? method.digest : "SHA-1";
}
