import { OAuthError, type SigningKey } from "@grantkit/core";
import { isObject, type OptionRule } from "@grantkit/core/requests";
import { type DigestName, type Eventual, hmac } from "./crypto.ts";
import { percentEncode } from "./percent-encoding.ts";
import type { RsaKey } from "./key-material.ts";

/** A signature method that is built in (RFC 5849 §3.4). */
export type BuiltInSignatureMethod =
  | "HMAC-SHA1"
  | "HMAC-SHA256"
  | "HMAC-SHA512"
  | "RSA-SHA1"
  | "RSA-SHA256"
  | "RSA-SHA512"
  | "PLAINTEXT";

/** What a signature method of your own signs with. */
export interface SignatureSecrets {
  /** The client secret; empty when there is none. */
  readonly clientSecret: string;
  /** The token secret; empty when there is none. */
  readonly resourceOwnerSecret: string;
  /** The private key as it was given. */
  readonly privateKey: SigningKey | undefined;
}

/** Signs a signature base string (RFC 5849 §3.4.1); the result is sent as `oauth_signature`, percent-encoded. */
export type SignatureFunction = (
  baseString: string,
  secrets: SignatureSecrets,
) => string | Promise<string>;

/**
 * A signature method of your own: RFC 5849 §3.4 lets servers define further methods.
 *
 * @example
 * ```ts
 * import { createHmac } from "node:crypto";
 * import { type CustomSignatureMethod, OAuth1Session } from "@grantkit/oauth1";
 *
 * const hmacSha3: CustomSignatureMethod = {
 *   name: "HMAC-SHA3-256",
 *   sign: (baseString, { clientSecret, resourceOwnerSecret }) =>
 *     createHmac("sha3-256", `${clientSecret}&${resourceOwnerSecret}`)
 *       .update(baseString)
 *       .digest("base64"),
 * };
 *
 * export const session = new OAuth1Session({
 *   clientKey: "my-app",
 *   clientSecret: process.env["CLIENT_SECRET"] ?? "",
 *   signatureMethod: hmacSha3,
 * });
 * ```
 */
export interface CustomSignatureMethod {
  /** Sent as `oauth_signature_method`: letters, digits and any of `- . _ ~`; not the name of a built-in method. */
  readonly name: string;
  /** Signs the base string. */
  readonly sign: SignatureFunction;
}

/** How a request is signed: a built-in method by its name, or a method of your own. */
export type SignatureMethod = BuiltInSignatureMethod | CustomSignatureMethod;

/** A signature method: its name, what it needs, and how it signs. */
export type MethodDefinition = { readonly name: string } & (
  | { readonly kind: "hmac" | "rsa"; readonly digest: DigestName }
  | { readonly kind: "plaintext" }
  | { readonly kind: "custom"; readonly sign: SignatureFunction }
);

const METHODS: readonly MethodDefinition[] = [
  { name: "HMAC-SHA1", kind: "hmac", digest: "SHA-1" },
  { name: "HMAC-SHA256", kind: "hmac", digest: "SHA-256" },
  { name: "HMAC-SHA512", kind: "hmac", digest: "SHA-512" },
  { name: "RSA-SHA1", kind: "rsa", digest: "SHA-1" },
  { name: "RSA-SHA256", kind: "rsa", digest: "SHA-256" },
  { name: "RSA-SHA512", kind: "rsa", digest: "SHA-512" },
  { name: "PLAINTEXT", kind: "plaintext" },
];
const BUILT_IN: ReadonlyMap<unknown, MethodDefinition> = new Map(
  METHODS.map((method) => [method.name, method]),
);

/** The definition of a built-in method, or of a method of the caller's; undefined for anything else. */
export function signatureMethod(method: unknown): MethodDefinition | undefined {
  const builtIn = BUILT_IN.get(method);
  if (builtIn || !isObject(method) || customMethodProblems(method, "").length > 0) return builtIn;
  const { name, sign } = method as unknown as CustomSignatureMethod;
  return { name, kind: "custom", sign };
}

/** Takes a signature method. */
export const mustBeSignatureMethod: OptionRule = (value, name) => {
  if (value === undefined || BUILT_IN.has(value)) return [];
  if (isObject(value)) return customMethodProblems(value, name);
  const names = METHODS.map((method) => method.name).join(", ");
  return [`${name} must be ${names}, or a method of your own: { name, sign }`];
};

function customMethodProblems(
  { name, sign }: Partial<Record<keyof CustomSignatureMethod, unknown>>,
  option: string,
): string[] {
  const problems: string[] = [];
  if (typeof name !== "string" || !/^[\w.~-]+$/.test(name)) {
    problems.push(`${option}.name must be letters, digits and any of - . _ ~`);
  } else if (BUILT_IN.has(name)) {
    problems.push(`${option}.name is that of a built-in method: choose another`);
  }
  if (typeof sign !== "function") problems.push(`${option}.sign must be a function`);
  return problems;
}

/** The digest of an `oauth_body_hash`, or `false` for none. */
export type BodyHash = DigestName | false;

/**
 * The digest of the body hash that goes with a signature method.
 *
 * The extension (OAuth Request Body Hash 1.0, draft 4, §3.1) fixes SHA-1 for the SHA-1 methods and leaves other methods to
 * say what goes with them; in practice that is the method's own digest.
 */
export function methodDigest(method: MethodDefinition): DigestName {
  return method.kind === "hmac" || method.kind === "rsa" ? method.digest : "SHA-1";
}

/** What the signatures of one client and one token are made with. */
export class SigningKeys implements SignatureSecrets {
  readonly clientSecret: string;
  readonly resourceOwnerSecret: string;
  readonly privateKey: SigningKey | undefined;
  readonly rsaKey: RsaKey | undefined;
  #shared: string | undefined;

  constructor(
    clientSecret: string,
    resourceOwnerSecret: string,
    privateKey?: SigningKey,
    rsaKey?: RsaKey,
  ) {
    this.clientSecret = clientSecret;
    this.resourceOwnerSecret = resourceOwnerSecret;
    this.privateKey = privateKey;
    this.rsaKey = rsaKey;
  }

  /** The key of HMAC methods, and the signature of PLAINTEXT (RFC 5849 §3.4.2, §3.4.4). */
  get shared(): string {
    const { clientSecret, resourceOwnerSecret } = this;
    return (this.#shared ??= `${percentEncode(clientSecret)}&${percentEncode(resourceOwnerSecret)}`);
  }
}

/** The signature of a base string. */
export function signatureOf(
  method: MethodDefinition,
  baseString: string,
  keys: SigningKeys,
): Eventual<string> {
  switch (method.kind) {
    case "hmac":
      return hmac(method.digest, keys.shared, baseString);
    case "rsa":
      // Checked options of an RSA method have a key.
      return (keys.rsaKey as RsaKey).sign(method.digest, baseString);
    case "plaintext":
      return keys.shared;
    default:
      return customSignature(method.sign, baseString, keys);
  }
}

function customSignature(
  sign: SignatureFunction,
  baseString: string,
  { clientSecret, resourceOwnerSecret, privateKey }: SigningKeys,
): Eventual<string> {
  let signature: string | Promise<string>;
  try {
    signature = sign(baseString, { clientSecret, resourceOwnerSecret, privateKey });
  } catch {
    throw customFailure("threw an error");
  }
  if (typeof signature === "string") return checkedSignature(signature);
  return Promise.resolve(signature).then(checkedSignature, () => {
    throw customFailure("was rejected");
  });
}

function checkedSignature(signature: unknown): string {
  if (typeof signature === "string" && signature !== "") return signature;
  throw customFailure("gave no text");
}

// What it threw may quote the base string or a secret: it is not passed on.
function customFailure(what: string): OAuthError {
  return new OAuthError(
    "REQUEST_UNSIGNABLE",
    `The request cannot be signed: the function sign() of your signatureMethod ${what}. Call it by itself with the same base string to see why.`,
  );
}
