import type { Clock } from "@grantkit/core";
import { unknownFields } from "@grantkit/core/requests";
import type { DigestName } from "../signing/digests.ts";
import { signatureMethod, type SignatureMethod } from "../signing/signature-methods.ts";
import type { UseNonce } from "./nonce-memory.ts";

/** How strictly {@link verify} looks. */
export interface VerifyOptions {
  /**
   * Notes the nonce of a request that was found right, and says whether it was new; `false` lets a request be repeated
   * for as long as its timestamp holds.
   *
   * It is asked last: a nonce that anybody could use up by a request without a signature would keep the right one out.
   *
   * @defaultValue the memory of this process, for its last 100,000 requests: with more processes than one, or more
   * requests in twice the window, give a function that asks what they share
   */
  readonly useNonce?: UseNonce | false;
  /**
   * Seconds by which the timestamp may differ from this machine's time, before and after.
   *
   * @defaultValue `300`
   */
  readonly timestampWindow?: number;
  /**
   * The signature methods that are accepted; name `"PLAINTEXT"`, or one that you registered, to accept it.
   *
   * @defaultValue the HMAC and RSA methods
   */
  readonly signatureMethods?: readonly SignatureMethod[];
  /**
   * The digest of `oauth_body_hash`: `"SHA-1"` for senders that have it whatever the method, as requests-oauthlib.
   *
   * @defaultValue the signature method's own; SHA-1 for PLAINTEXT and registered methods
   */
  readonly bodyHash?: DigestName;
  /**
   * Whether a body that is not a form must have an `oauth_body_hash`: without one, anybody on the way may have changed it.
   *
   * @defaultValue `true`
   */
  readonly requireBodyHash?: boolean;
  /** Time, for tests. */
  readonly clock?: Clock;
}

type Check = readonly [fits: (value: unknown) => boolean, sentence: string];

const CHECKS: Readonly<Record<keyof VerifyOptions, Check>> = {
  useNonce: [
    (value) => value === false || typeof value === "function",
    "useNonce must be a function, or false",
  ],
  timestampWindow: [
    (value) => typeof value === "number" && value > 0 && value <= 86_400,
    "timestampWindow must be a number of seconds above 0, at most a day",
  ],
  signatureMethods: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(signatureMethod),
    "signatureMethods must be an array of methods that are built in or registered",
  ],
  bodyHash: [
    (value) => value === "SHA-1" || value === "SHA-256" || value === "SHA-512",
    'bodyHash must be "SHA-1", "SHA-256" or "SHA-512"',
  ],
  requireBodyHash: [(value) => typeof value === "boolean", "requireBodyHash must be true or false"],
  clock: [
    (value) => typeof (value as Clock | null)?.now === "function",
    "clock must have now() and after()",
  ],
};
const OPTIONS = new Set(Object.keys(CHECKS));

/** What is wrong with the arguments of {@link verify}, the request aside. */
export function verifyProblems(lookup: unknown, options: unknown): string[] {
  const problems =
    typeof lookup === "function"
      ? []
      : [
          "lookup must be a function that takes a client key and returns { clientSecret } or { publicKey }",
        ];
  if (typeof options !== "object" || options === null) {
    return [...problems, "options must be an object"];
  }
  const source = options as Readonly<Record<string, unknown>>;
  problems.push(...unknownFields(source, OPTIONS, ""));
  for (const [name, [fits, sentence]] of Object.entries(CHECKS)) {
    if (source[name] !== undefined && !fits(source[name])) problems.push(sentence);
  }
  return problems;
}
