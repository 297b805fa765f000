import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { bytesOf, percentEncoded } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";

/** A signature method. */
export interface SignatureMethod {
  readonly kind: "hmac" | "rsa" | "plaintext";
  /** Digest of the signature and of `oauth_body_hash`. */
  readonly digest: "sha1" | "sha256" | "sha512";
}

/** The keys for verifying a signature. */
export interface SignatureKeys {
  readonly consumerSecret: string;
  /** Empty if there is no token. */
  readonly tokenSecret: string;
  readonly publicKey: KeyObject | undefined;
}

/** The signature methods by name: those of RFC 5849, and the SHA-2 methods in use. */
export const signatureMethods: ReadonlyMap<string, SignatureMethod> = new Map([
  ["HMAC-SHA1", { kind: "hmac", digest: "sha1" }],
  ["HMAC-SHA256", { kind: "hmac", digest: "sha256" }],
  ["HMAC-SHA512", { kind: "hmac", digest: "sha512" }],
  ["RSA-SHA1", { kind: "rsa", digest: "sha1" }],
  ["RSA-SHA256", { kind: "rsa", digest: "sha256" }],
  ["RSA-SHA512", { kind: "rsa", digest: "sha512" }],
  ["PLAINTEXT", { kind: "plaintext", digest: "sha1" }],
]);

/** Whether the signature matches the base string (RFC 5849 sections 3.4.2 to 3.4.4). */
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

/** Compares two texts in constant time. */
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
  // Unlike other servers, Node's decoder accepts invalid base64.
  if (publicKey === undefined || bytes.toString("base64") !== signature) return false;
  return verify(digest, Buffer.from(baseString), publicKey, bytes);
}

/** Makes the signature base string (RFC 5849 section 3.4.1.1). The pairs may be in any order. */
export function signatureBaseString(
  method: string,
  uri: string,
  pairs: readonly ParameterPair[],
): string {
  const parts = [method.toUpperCase(), uri, normalizedParameters(pairs)];
  return parts.map(percentEncoded).join("&");
}

/** Makes the base string URI of a request over plain HTTP (RFC 5849 section 3.4.1.2). */
export function baseStringUri(requestTarget: string, host: string): string {
  const [, absoluteAuthority, rest = ""] =
    /^(?:http:\/\/([^/?#]*))?([^?#]*)/i.exec(requestTarget) ?? [];
  const authority = (absoluteAuthority ?? host).toLowerCase().replace(/:(?:80)?$/, "");
  return `http://${authority}${rest === "" ? "/" : rest}`;
}

/** Encodes the parameters, then sorts them by name and value, as bytes (RFC 5849 section 3.4.1.3.2). */
function normalizedParameters(pairs: readonly ParameterPair[]): string {
  return pairs
    .map(({ name, value }) => [percentEncoded(name), percentEncoded(value)] as const)
    .toSorted(([name, value], [otherName, otherValue]) =>
      name === otherName ? order(value, otherValue) : order(name, otherName),
    )
    .map((pair) => pair.join("="))
    .join("&");
}

// Encoded text is ASCII, which JavaScript compares by bytes.
function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
