import { ConfigurationError, OAuthError, type SigningKey } from "@grantkit/core";
import { type DigestName, type Eventual, hmac } from "./digests.ts";
import { percentEncode } from "./percent-encoding.ts";
import type { RsaKey } from "./key-material.ts";

/**
 * How a request is signed (RFC 5849 §3.4): one of the seven that are built in, or one that
 * {@link registerSignatureMethod} has added.
 */
export type SignatureMethod =
  | "HMAC-SHA1"
  | "HMAC-SHA256"
  | "HMAC-SHA512"
  | "RSA-SHA1"
  | "RSA-SHA256"
  | "RSA-SHA512"
  | "PLAINTEXT"
  | (string & {});

/** What a signature method of your own signs with. */
export interface SignatureSecrets {
  /** The client secret; empty when there is none. */
  readonly clientSecret: string;
  /** The token secret; empty when there is none. */
  readonly resourceOwnerSecret: string;
  /** The private key as it was given. */
  readonly privateKey: SigningKey | undefined;
}

/** Signs a signature base string (RFC 5849 §3.4.1); what it returns is sent as `oauth_signature`, encoded. */
export type SignatureFunction = (
  baseString: string,
  secrets: SignatureSecrets,
) => string | Promise<string>;

/** A signature method: what it needs, and how it signs. */
export type MethodDefinition =
  | { readonly kind: "hmac" | "rsa"; readonly digest: DigestName }
  | { readonly kind: "plaintext" }
  | { readonly kind: "registered"; readonly sign: SignatureFunction };

const BUILT_IN: ReadonlyMap<string, MethodDefinition> = new Map<string, MethodDefinition>([
  ["HMAC-SHA1", { kind: "hmac", digest: "SHA-1" }],
  ["HMAC-SHA256", { kind: "hmac", digest: "SHA-256" }],
  ["HMAC-SHA512", { kind: "hmac", digest: "SHA-512" }],
  ["RSA-SHA1", { kind: "rsa", digest: "SHA-1" }],
  ["RSA-SHA256", { kind: "rsa", digest: "SHA-256" }],
  ["RSA-SHA512", { kind: "rsa", digest: "SHA-512" }],
  ["PLAINTEXT", { kind: "plaintext" }],
]);
const registered = new Map<string, MethodDefinition>();

/** The names that a message can offer. */
export const BUILT_IN_METHODS: readonly string[] = [...BUILT_IN.keys()];

/** The signature method of a name; undefined when there is none. */
export function signatureMethod(name: unknown): MethodDefinition | undefined {
  return typeof name === "string" ? (BUILT_IN.get(name) ?? registered.get(name)) : undefined;
}

/**
 * Adds a signature method of your own, for the whole process: RFC 5849 §3.4 leaves room for them.
 *
 * A second registration of a name takes the place of the first; the seven built in cannot be replaced.
 *
 * @param name - As `oauth_signature_method` has it.
 * @param sign - Gets the signature base string and the secrets, and returns the signature, or a promise of it.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a name that is built in or cannot be one, or for no function.
 *
 * @example
 * ```ts
 * import { createHmac } from "node:crypto";
 * import { registerSignatureMethod } from "@grantkit/oauth1";
 *
 * registerSignatureMethod("HMAC-SHA3-256", (baseString, { clientSecret, resourceOwnerSecret }) =>
 *   createHmac("sha3-256", `${clientSecret}&${resourceOwnerSecret}`).update(baseString).digest("base64"),
 * );
 * ```
 */
export function registerSignatureMethod(name: string, sign: SignatureFunction): void {
  const problems: string[] = [];
  if (typeof name !== "string" || !/^[\w.~-]+$/.test(name)) {
    problems.push("name must be letters, digits and any of - . _ ~");
  } else if (BUILT_IN.has(name)) {
    problems.push("name is that of a method that is built in: choose another");
  }
  if (typeof sign !== "function") problems.push("sign must be a function");
  if (problems.length > 0) throw new ConfigurationError("The signature method", problems);
  registered.set(name, { kind: "registered", sign });
}

/** The secrets of one request, and the key if there is one. */
export interface SigningMaterial extends SignatureSecrets {
  readonly rsaKey: RsaKey | undefined;
}

/** The two secrets as HMAC and PLAINTEXT have them (RFC 5849 §3.4.2, §3.4.4). */
function sharedSecrets({ clientSecret, resourceOwnerSecret }: SignatureSecrets): string {
  return `${percentEncode(clientSecret)}&${percentEncode(resourceOwnerSecret)}`;
}

/** The signature of a base string. */
export function signatureOf(
  method: MethodDefinition,
  baseString: string,
  material: SigningMaterial,
): Eventual<string> {
  switch (method.kind) {
    case "hmac":
      return hmac(method.digest, sharedSecrets(material), baseString);
    case "rsa":
      // Credentials were checked: an RSA method has its key.
      return (material.rsaKey as RsaKey).sign(method.digest, baseString);
    case "plaintext":
      return sharedSecrets(material);
    default:
      return registeredSignature(method.sign, baseString, material);
  }
}

function registeredSignature(
  sign: SignatureFunction,
  baseString: string,
  { clientSecret, resourceOwnerSecret, privateKey }: SigningMaterial,
): Eventual<string> {
  let signature: string | Promise<string>;
  try {
    signature = sign(baseString, { clientSecret, resourceOwnerSecret, privateKey });
  } catch {
    throw registeredFailure("threw an error");
  }
  if (typeof signature === "string") return checkedSignature(signature);
  return Promise.resolve(signature).then(checkedSignature, () => {
    throw registeredFailure("was rejected");
  });
}

function checkedSignature(signature: unknown): string {
  if (typeof signature === "string" && signature !== "") return signature;
  throw registeredFailure("gave no text");
}

// What it threw may quote the base string or a secret, and so it stays there.
function registeredFailure(what: string): OAuthError {
  return new OAuthError(
    "REQUEST_UNSIGNABLE",
    `The request cannot be signed: the function of the registered signature method ${what}. Call it by itself with the same base string to see why.`,
  );
}
