import type { Clock } from "@grantkit/core";
import {
  ENVIRONMENT_RULES,
  must,
  mustBeFlag,
  mustBeOneOf,
  optionProblems,
  type OptionRule,
  type OptionRules,
} from "@grantkit/core/requests";
import type { DigestName } from "../signing/crypto.ts";
import { mustBeSignatureMethod, type SignatureMethod } from "../signing/signature-methods.ts";
import type { UseNonce } from "./nonce-memory.ts";

/** How strict {@link verify} is. */
export interface VerifyOptions {
  /**
   * Stores the nonce of a correctly signed request, and returns whether it was new. `false` accepts copies of a request as
   * long as its timestamp is accepted. It is called last, so that only a signature uses up a nonce.
   *
   * @defaultValue the memory of this process: up to 100,000 nonces of one client, and fewer when many clients send requests.
   * It forgets none early: a client with more requests within the window is refused (`RATE_LIMITED`). Pass a function
   * if several processes share the work, if more requests come, or if a restart must not make copies acceptable
   */
  readonly useNonce?: UseNonce | false;
  /**
   * Seconds by which the timestamp may be earlier or later than this machine's time.
   *
   * @defaultValue `300`
   */
  readonly timestampWindow?: number;
  /**
   * The signature methods that are accepted: `"PLAINTEXT"` and methods of your own only if they are listed here.
   *
   * @defaultValue the HMAC and RSA methods
   */
  readonly signatureMethods?: readonly SignatureMethod[];
  /**
   * The digest of `oauth_body_hash`: `"SHA-1"` for requests-oauthlib, which always uses that.
   *
   * @defaultValue the signature method's own; SHA-1 for PLAINTEXT and methods of your own
   */
  readonly bodyHash?: DigestName;
  /**
   * Whether a body that is not a form must have an `oauth_body_hash`; without one, somebody may have changed it in transit.
   *
   * @defaultValue `true`
   */
  readonly requireBodyHash?: boolean;
  /**
   * The largest body that is read, in bytes: a form, or a body with a hash. A larger one is refused (`INVALID_REQUEST`), of a
   * `Request` as soon as more has arrived.
   *
   * @defaultValue `1048576` (1 MiB)
   */
  readonly maxBodyBytes?: number;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

const signatureMethods: OptionRule = (value, name) => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) {
    return [`${name} must be an array of signature methods`];
  }
  // Null for undefined: a gap in the array is no method.
  return value.flatMap((method: unknown, index) =>
    mustBeSignatureMethod(method ?? null, `${name}[${index}]`, {}),
  );
};

const RULES: OptionRules<VerifyOptions> = {
  useNonce: must(
    "be a function, or false",
    (value) => value === false || typeof value === "function",
  ),
  timestampWindow: must(
    "be a number of seconds above 0, at most a day",
    (value) => typeof value === "number" && value > 0 && value <= 86_400,
  ),
  signatureMethods,
  bodyHash: mustBeOneOf("SHA-1", "SHA-256", "SHA-512"),
  requireBodyHash: mustBeFlag,
  maxBodyBytes: must(
    "be a whole number of bytes above 0",
    (value) => Number.isSafeInteger(value) && Number(value) > 0,
  ),
  clock: ENVIRONMENT_RULES.clock,
};

/** Lists what is wrong with the arguments of {@link verify}, the request aside. */
export function verifyProblems(lookup: unknown, options: unknown): string[] {
  const problems = optionProblems(options, RULES);
  return typeof lookup === "function"
    ? problems
    : [
        "lookup must be a function that takes a client key and returns { clientSecret } or { publicKey }",
        ...problems,
      ];
}
