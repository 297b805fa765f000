import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { bytesOf, percentEncoded } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";

/** How a signature is made. */
export interface SignatureMethod {
  readonly kind: "hmac" | "rsa" | "plaintext";
  /** Digest of the signature, and of the body's hash. */
  readonly digest: "sha1" | "sha256" | "sha512";
}

/** What a signature is held against. */
export interface SignatureKeys {
  readonly consumerSecret: string;
  /** Empty when there is no token. */
  readonly tokenSecret: string;
  readonly publicKey: KeyObject | undefined;
}

/** The methods by their name on the wire: those of RFC 5849, and the SHA-2 ones that are in use. */
export const signatureMethods: ReadonlyMap<string, SignatureMethod> = new Map([
  ["HMAC-SHA1", { kind: "hmac", digest: "sha1" }],
  ["HMAC-SHA256", { kind: "hmac", digest: "sha256" }],
  ["HMAC-SHA512", { kind: "hmac", digest: "sha512" }],
  ["RSA-SHA1", { kind: "rsa", digest: "sha1" }],
  ["RSA-SHA256", { kind: "rsa", digest: "sha256" }],
  ["RSA-SHA512", { kind: "rsa", digest: "sha512" }],
  ["PLAINTEXT", { kind: "plaintext", digest: "sha1" }],
]);

/** Whether the signature is the one of this base string (RFC 5849 sections 3.4.2 to 3.4.4). */
export function signatureFits(
  { kind, digest }: SignatureMethod,
  signature: string,
  baseString: string,
  keys: SignatureKeys,
): boolean {
  if (kind === "rsa") return rsaFits(digest, signature, baseString, keys.publicKey);
  const secrets = [keys.consumerSecret, keys.tokenSecret];
  const key = secrets.map((secret) => percentEncoded(bytesOf(secret))).join("&");
  const expected =
    kind === "plaintext" ? key : createHmac(digest, key).update(baseString).digest("base64");
  return sameText(signature, expected);
}

/** Whether two texts are the same, found in a time that tells nothing about them. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function rsaFits(
  digest: string,
  signature: string,
  baseString: string,
  publicKey: KeyObject | undefined,
): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Node's decoder takes much that is no base64; other servers' do not.
  if (publicKey === undefined || bytes.toString("base64") !== signature) return false;
  return verify(digest, Buffer.from(baseString), publicKey, bytes);
}

/** The signature base string (RFC 5849 section 3.4.1.1). The pairs are all that is signed, in any order. */
export function signatureBaseString(
  method: string,
  uri: string,
  pairs: readonly ParameterPair[],
): string {
  const parts = [method.toUpperCase(), uri, normalizedParameters(pairs)];
  return parts.map(percentEncoded).join("&");
}

/** The base string URI of a request that came over plain HTTP (RFC 5849 section 3.4.1.2). */
export function baseStringUri(requestTarget: string, host: string): string {
  const [, absoluteAuthority, rest = ""] =
    /^(?:http:\/\/([^/?#]*))?([^?#]*)/i.exec(requestTarget) ?? [];
  const authority = (absoluteAuthority ?? host).toLowerCase().replace(/:(?:80)?$/, "");
  return `http://${authority}${rest === "" ? "/" : rest}`;
}

/** RFC 5849 section 3.4.1.3.2: encoded first, then sorted by name and value, as bytes. */
function normalizedParameters(pairs: readonly ParameterPair[]): string {
  return pairs
    .map(({ name, value }) => [percentEncoded(name), percentEncoded(value)] as const)
    .toSorted(([name, value], [otherName, otherValue]) =>
      name === otherName ? order(value, otherValue) : order(name, otherName),
    )
    .map((pair) => pair.join("="))
    .join("&");
}

// Encoded text is ASCII, where JavaScript's order is the order of bytes.
function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
