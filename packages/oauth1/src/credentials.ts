import type { Clock, SigningKey } from "@grantkit/core";
import type { BodyHash } from "./signing/body-hash.ts";
import { KeyRefusal } from "./signing/key-material.ts";
import type { SignatureType } from "./signing/placement.ts";
import { rsaKey } from "./signing/rsa-keys.ts";
import {
  BUILT_IN_METHODS,
  type MethodDefinition,
  signatureMethod,
  type SignatureMethod,
} from "./signing/signature-methods.ts";

/** Who signs a request, and how. */
export interface OAuth1Credentials {
  /** The client key (consumer key) that the provider gave your app. */
  readonly clientKey: string;
  /** The client secret (consumer secret); an RSA method needs none. */
  readonly clientSecret?: string;
  /** The token: a request token while a user is asked, an access token afterwards; none for two-legged requests. */
  readonly resourceOwnerKey?: string;
  /** The token's secret; left out where the provider gives none. */
  readonly resourceOwnerSecret?: string;
  /** Where the provider sends the user back, `"oob"` for nowhere: sent as `oauth_callback` (RFC 5849 §2.1). */
  readonly callbackUri?: string;
  /** What the provider gave the user to bring back: sent as `oauth_verifier` (RFC 5849 §2.3). */
  readonly verifier?: string;
  /**
   * How the request is signed. PLAINTEXT sends the secrets themselves: over https, or to this machine.
   *
   * @defaultValue `"HMAC-SHA1"`
   */
  readonly signatureMethod?: SignatureMethod;
  /**
   * Where the OAuth parameters go: `"query"` shows them to every log that the URL comes into, `"body"` needs a form.
   *
   * @defaultValue `"header"`
   */
  readonly signatureType?: SignatureType;
  /**
   * The RSA key that signs, of 1024 bits at least and better 2048: PEM (in Node PKCS #8 and PKCS #1, in WebCrypto
   * PKCS #8), JWK, `KeyObject` or `CryptoKey`. It is read once for one object, or for PEMs of one text.
   */
  readonly privateKey?: SigningKey;
  /** The realm that the header names (RFC 5849 §3.5.1): not signed, and sent nowhere but in the header. */
  readonly realm?: string;
  /**
   * Whether a body that is not a form gets an `oauth_body_hash`, so that the signature covers it: an extension, which some
   * providers require, some do not read, and some refuse. Not for GET and HEAD, nor for a request without a body.
   *
   * @defaultValue `false`: RFC 5849 signs no such body
   */
  readonly forceIncludeBody?: boolean;
  /**
   * The digest of the `oauth_body_hash`; to name one asks for the hash, as `forceIncludeBody` does. requests-oauthlib has
   * SHA-1 whatever the method.
   *
   * @defaultValue the signature method's own; SHA-1 for PLAINTEXT and registered methods
   */
  readonly bodyHash?: BodyHash;
  /**
   * The nonce, for tests.
   *
   * @defaultValue 128 random bits, new for each request
   */
  readonly nonce?: string;
  /** Seconds since the epoch, for tests. */
  readonly timestamp?: number;
  /** Time, for tests. */
  readonly clock?: Clock;
}

type Check = readonly [fits: (value: unknown) => boolean, sentence: string];

const TYPES: readonly unknown[] = ["header", "query", "body"] satisfies SignatureType[];
const DIGESTS: readonly unknown[] = ["SHA-1", "SHA-256", "SHA-512", false] satisfies BodyHash[];

const CHECKS: Readonly<Record<Exclude<keyof OAuth1Credentials, Credential>, Check>> = {
  callbackUri: [isCallback, 'callbackUri must be an absolute URL with its scheme, or "oob"'],
  signatureMethod: [
    (value) => signatureMethod(value) !== undefined,
    `signatureMethod must be ${BUILT_IN_METHODS.join(", ")}, or one that registerSignatureMethod() has added`,
  ],
  signatureType: [
    (value) => TYPES.includes(value),
    'signatureType must be "header", "query" or "body"',
  ],
  privateKey: [() => true, ""],
  realm: [isRealm, "realm must be a string of printable ASCII characters"],
  forceIncludeBody: [
    (value) => typeof value === "boolean",
    "forceIncludeBody must be true or false",
  ],
  bodyHash: [
    (value) => DIGESTS.includes(value),
    'bodyHash must be "SHA-1", "SHA-256", "SHA-512" or false',
  ],
  nonce: [isText, "nonce must be a string that is not empty"],
  timestamp: [
    (value) => Number.isSafeInteger(value) && (value as number) > 0,
    "timestamp must be a whole number of seconds above 0",
  ],
  clock: [
    (value) => typeof (value as Clock | null)?.now === "function",
    "clock must have now() and after()",
  ],
};

/** The texts that somebody else has given: all are checked in the same way. */
type Credential =
  "clientKey" | "clientSecret" | "resourceOwnerKey" | "resourceOwnerSecret" | "verifier";

const OPTIONAL_CREDENTIALS: readonly (readonly [Credential, string])[] = [
  ["clientSecret", "leave it out where an RSA method needs none"],
  ["resourceOwnerKey", "leave it out for a request without a token"],
  ["resourceOwnerSecret", "leave it out where the provider gives none"],
  ["verifier", "leave it out where there is none"],
];

/** The options of {@link OAuth1Credentials}. */
export const CREDENTIAL_OPTIONS: ReadonlySet<string> = new Set([
  "clientKey",
  ...OPTIONAL_CREDENTIALS.map(([name]) => name),
  ...Object.keys(CHECKS),
]);

/** What is wrong with credentials, one sentence a problem; no value is quoted, and other options are not looked at. */
export function credentialProblems(source: Readonly<Record<string, unknown>>): string[] {
  const problems = [...clientKeyProblems(source["clientKey"])];
  for (const [name, advice] of OPTIONAL_CREDENTIALS) {
    const value = source[name];
    if (value === undefined) continue;
    if (value === "") {
      problems.push(`${name} is empty: ${advice} (is the environment variable set?)`);
    } else if (!isCredential(value)) {
      problems.push(`${name} must be a string without white space around it`);
    }
  }
  for (const [name, [fits, sentence]] of Object.entries(CHECKS)) {
    if (source[name] !== undefined && !fits(source[name])) problems.push(sentence);
  }
  if (source["bodyHash"] === false && source["forceIncludeBody"] === true) {
    problems.push("bodyHash is false and forceIncludeBody true: leave one of them out");
  }
  const method = signatureMethod(source["signatureMethod"] ?? "HMAC-SHA1");
  if (method) problems.push(...methodProblems(method, source));
  return problems;
}

function clientKeyProblems(value: unknown): string[] {
  if (value === undefined || value === "") {
    return [
      "clientKey is missing: pass the client key (consumer key) that the provider shows for your app (is the environment variable set?)",
    ];
  }
  return isCredential(value) ? [] : ["clientKey must be a string without white space around it"];
}

function methodProblems(
  method: MethodDefinition,
  { clientSecret, privateKey }: Readonly<Record<string, unknown>>,
): string[] {
  if (method.kind === "registered") return [];
  if (method.kind === "rsa") return privateKeyProblems(method, privateKey);
  const problems: string[] = [];
  if (clientSecret === undefined) {
    problems.push(
      "clientSecret is missing: HMAC methods and PLAINTEXT sign with it (is the environment variable set?)",
    );
  }
  if (privateKey !== undefined) {
    problems.push(
      'privateKey is for RSA methods: choose signatureMethod "RSA-SHA256" or "RSA-SHA1", or leave it out',
    );
  }
  return problems;
}

function privateKeyProblems(
  { digest }: Extract<MethodDefinition, { kind: "hmac" | "rsa" }>,
  privateKey: unknown,
): string[] {
  if (privateKey === undefined || privateKey === null || privateKey === "") {
    return ["privateKey is missing: RSA methods sign with it (is the environment variable set?)"];
  }
  try {
    const key = rsaKey(privateKey, "private");
    return key.digest === undefined || key.digest === digest
      ? []
      : [`privateKey is a CryptoKey for ${key.digest}: the signature method needs ${digest}`];
  } catch (error) {
    if (error instanceof KeyRefusal) return [`privateKey ${error.reason}`];
    throw error;
  }
}

/** Whether a header can have it as it is. */
export function isRealm(value: unknown): value is string {
  return typeof value === "string" && /^[\x20-\x7e]*$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/\p{Surrogate}/u.test(value);
}

function isCallback(value: unknown): boolean {
  if (value === "oob") return true;
  // "localhost:3000/callback" is a URL of the scheme "localhost:".
  return isText(value) && URL.canParse(value) && !/^[\w.-]+:\d/.test(value);
}

function isCredential(value: unknown): boolean {
  return isText(value) && value.trim() === value;
}
