/**
 * RFC 5849's signatures, written from the RFC alone and looking only at what is on the wire: the second opinion on
 * what the package signs. It works on octets throughout, where the package works on texts.
 */
import { createHmac, createPublicKey, sign, timingSafeEqual, verify } from "node:crypto";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** A decoded name and value. */
export type Pair = readonly [name: Buffer, value: Buffer];

export interface ReferenceSecrets {
  readonly clientSecret?: string;
  readonly tokenSecret?: string;
  /** PEM, for RSA methods. */
  readonly privateKey?: string;
}

const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** §3.6: each octet as it is written. */
const ENCODED = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  return UNRESERVED.test(character)
    ? character
    : `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** §3.6: every octet that is not unreserved, in upper case. */
function encode(value: string | Buffer): string {
  let text = "";
  for (const octet of Buffer.from(value as string)) text += ENCODED[octet];
  return text;
}

/** The octets behind percent-encoding; `plus` where `+` is a space, as in forms. */
function decode(text: string, plus = false): Buffer {
  const spaced = plus ? text.replaceAll("+", " ") : text;
  const octets = spaced.replaceAll(/%([0-9a-f]{2})/gi, (_, pair: string) =>
    String.fromCharCode(Number.parseInt(pair, 16)),
  );
  return Buffer.from(octets, "latin1");
}

/** application/x-www-form-urlencoded, in queries and bodies (§3.4.1.3.1). */
export function formPairs(text: string): Pair[] {
  return text
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const at = piece.indexOf("=");
      const [name, value] = at < 0 ? [piece, ""] : [piece.slice(0, at), piece.slice(at + 1)];
      return [decode(name, true), decode(value, true)] as const;
    });
}

/** §3.5.1: the parameters of an OAuth header, and the realm apart from them. */
export function headerPairs(header: string): { pairs: Pair[]; realm: string | undefined } {
  const [, list = ""] = /^OAuth[ \t]+(.*)$/i.exec(header) ?? [];
  const pairs: Pair[] = [];
  let realm: string | undefined;
  let rest = list;
  while (rest !== "") {
    const match = /^([^\s=",]+)="((?:[^"\\]|\\.)*)"[ \t]*(?:,[ \t]*(?=.)|$)/.exec(rest);
    if (!match) throw new Error(`The header cannot be read from here: ${rest}`);
    const [whole, name = "", value = ""] = match;
    if (name.toLowerCase() === "realm") realm = value.replaceAll(/\\(.)/g, "$1");
    else pairs.push([decode(name), decode(value)]);
    rest = rest.slice(whole.length);
  }
  return { pairs, realm };
}

/** Where each parameter of a request is. */
export interface ParameterSources {
  readonly query: readonly Pair[];
  readonly header: readonly Pair[];
  readonly body: readonly Pair[];
}

/** §3.4.1.3.1: all parameters of the request. */
export function parameterSources(request: WireRequest): ParameterSources {
  const at = request.target.indexOf("?");
  const authorization = headerOf(request, "Authorization") ?? "";
  const type = headerOf(request, "Content-Type")?.split(";")[0]?.trim().toLowerCase();
  return {
    query: at < 0 ? [] : formPairs(request.target.slice(at + 1)),
    header: /^OAuth[ \t]/i.test(authorization) ? headerPairs(authorization).pairs : [],
    body:
      type === "application/x-www-form-urlencoded"
        ? formPairs(request.body.toString("latin1"))
        : [],
  };
}

/** §3.4.1.2: scheme and host in lower case, no default port, the path as it is on the wire. */
function baseStringUri(request: WireRequest): string {
  const host = (headerOf(request, "Host") ?? "").toLowerCase();
  const [, name, port] = /^(\[[^\]]*\]|[^:]*):?(\d*)$/.exec(host) ?? [];
  if (!name) throw new Error(`No host: ${host}`);
  const usual = request.scheme === "http" ? "80" : "443";
  const [path = ""] = request.target.split("?");
  return `${request.scheme}://${name}${port && port !== usual ? `:${port}` : ""}${path || "/"}`;
}

/** §3.4.1.3.2: sorted by encoded name, then by encoded value. */
function normalizedParameters(pairs: readonly Pair[]): string {
  return pairs
    .filter(([name]) => name.toString() !== "oauth_signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted((a, b) => inOctets(a[0], b[0]) || inOctets(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** §3.4.1.1. */
export function baseString(
  request: WireRequest,
  { query, header, body }: ParameterSources = parameterSources(request),
): string {
  const parameters = normalizedParameters([...query, ...header, ...body]);
  return [request.method.toUpperCase(), baseStringUri(request), parameters].map(encode).join("&");
}

/** §3.4.2 to §3.4.4, and the same with SHA-256 and SHA-512. */
export function signatureOf(text: string, method: string, secrets: ReferenceSecrets): string {
  const key = sharedKey(secrets);
  if (method === "PLAINTEXT") return key;
  const [kind, digest = ""] = method.split("-");
  return kind === "HMAC"
    ? createHmac(digest, key).update(text, "latin1").digest("base64")
    : sign(`RSA-${digest}`, Buffer.from(text, "latin1"), secrets.privateKey ?? "").toString(
        "base64",
      );
}

/** Whether a signature is right for a base string. */
export function isSignedBy(
  text: string,
  method: string,
  secrets: ReferenceSecrets,
  signature: string,
): boolean {
  if (!method.startsWith("RSA-")) {
    const [expected, given] = [signatureOf(text, method, secrets), signature].map((each) =>
      Buffer.from(each),
    ) as [Buffer, Buffer];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
  const key = createPublicKey(secrets.privateKey ?? "");
  const digest = `RSA-${method.slice("RSA-".length)}`;
  return (
    Buffer.from(signature, "base64").toString("base64") === signature &&
    verify(digest, Buffer.from(text, "latin1"), key, Buffer.from(signature, "base64"))
  );
}

function sharedKey({ clientSecret = "", tokenSecret = "" }: ReferenceSecrets): string {
  return `${encode(clientSecret)}&${encode(tokenSecret)}`;
}

function inOctets(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
