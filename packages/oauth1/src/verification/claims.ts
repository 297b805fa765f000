import type { Parameter } from "../signing/parameters.ts";
import { percentDecode } from "../signing/percent-encoding.ts";
import { isProtocolParameter } from "../signing/protocol-parameters.ts";
import { malformed } from "../errors.ts";
import { checkCount } from "./received-parameters.ts";
import type { ReceivedHead } from "./received-request.ts";

/** What a request claims, before it is verified. */
export interface Claims {
  readonly clientKey: string;
  /** The token; undefined also for an empty one, which some senders send for none. */
  readonly resourceOwnerKey: string | undefined;
  readonly signatureMethod: string;
  readonly signature: string;
  /** Seconds since the epoch. */
  readonly timestamp: number | undefined;
  readonly nonce: string | undefined;
  readonly callbackUri: string | undefined;
  readonly verifier: string | undefined;
  readonly bodyHash: string | undefined;
  /** The parameters that are signed: all but realm and signature. */
  readonly signed: readonly Parameter[];
  /** Those of them that are not the protocol's own. */
  readonly parameters: readonly Parameter[];
}

/** Whether the OAuth parameters are in the header or the query, so that the body need not be read to know them. */
export function areInHead({ authorization, query }: ReceivedHead): boolean {
  return [...headerParameters(authorization), ...query].some(([name]) => isProtocolParameter(name));
}

/**
 * Reads the OAuth parameters of a request from its header, query or form (RFC 5849 §3.5).
 *
 * @param form - The parameters of its form; none while its body is not read.
 * @throws OAuthError with code `INVALID_REQUEST` if one is missing or repeated, or if they are in several places (§3.1, §3.2).
 */
export function readClaims(
  { authorization, query }: ReceivedHead,
  form: readonly Parameter[] = [],
): Claims {
  const header = headerParameters(authorization);
  const all = [...header, ...query, ...form];
  const values = protocolValues([header, query, form]);
  if (values.size === 0)
    throw malformed(
      "it has no OAuth parameters in its Authorization header, its query or a form, which needs its Content-Type",
    );
  const version = values.get("oauth_version");
  if (version !== undefined && version !== "1.0") throw malformed("oauth_version is not 1.0");
  const signatureMethod = required(values, "oauth_signature_method");
  return {
    clientKey: required(values, "oauth_consumer_key"),
    resourceOwnerKey: values.get("oauth_token") || undefined,
    signatureMethod,
    signature: required(values, "oauth_signature"),
    ...freshness(values, signatureMethod),
    callbackUri: values.get("oauth_callback"),
    verifier: values.get("oauth_verifier"),
    bodyHash: values.get("oauth_body_hash"),
    signed: all.filter(([name]) => name !== "oauth_signature"),
    parameters: all.filter(([name]) => !isProtocolParameter(name)),
  };
}

const PAIR = /\s*([^\s=,"]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * The parameters of an `Authorization: OAuth` header without the realm (RFC 5849 §3.5.1, §3.4.1.3.1): none for another
 * scheme or no header.
 */
function headerParameters(authorization: string | undefined): Parameter[] {
  const scheme = /^\s*OAuth(?:\s+|$)/i.exec(authorization ?? "");
  if (authorization === undefined || !scheme) return [];
  const text = authorization.slice(scheme[0].length).trimEnd();
  const parameters: Parameter[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, name = "", value = ""] = PAIR.exec(text) ?? [];
    if (name === "") throw unreadableHeader();
    if (name.toLowerCase() === "realm") continue;
    const decoded = [percentDecode(name), percentDecode(value)] as const;
    if (decoded[0] === undefined || decoded[1] === undefined) throw unreadableHeader();
    checkCount(parameters.push([decoded[0], decoded[1]]), "Authorization header");
  }
  return parameters;
}

function unreadableHeader(): Error {
  return malformed("its Authorization header cannot be read");
}

/** The values of the protocol's parameters, each of which must occur once, and all in one place. */
function protocolValues(places: readonly (readonly Parameter[])[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const place of places) {
    const here = place.filter(([name]) => isProtocolParameter(name));
    if (here.length > 0 && values.size > 0) {
      throw malformed("its OAuth parameters are in more than one place");
    }
    for (const [name, value] of here) {
      if (values.has(name)) throw malformed(`it has ${name} twice`);
      values.set(name, value);
    }
  }
  return values;
}

function required(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  if (value === undefined || value === "") throw malformed(`${name} is missing`);
  return value;
}

// Nonces are remembered: this limits how much memory a sender can use up.
const LONGEST_NONCE = 512;

/** The timestamp and the nonce; a PLAINTEXT request may have neither (RFC 5849 §3.1). */
function freshness(
  values: ReadonlyMap<string, string>,
  signatureMethod: string,
): Pick<Claims, "timestamp" | "nonce"> {
  const bare = !values.has("oauth_timestamp") && !values.has("oauth_nonce");
  if (signatureMethod === "PLAINTEXT" && bare) return { timestamp: undefined, nonce: undefined };
  const timestamp = required(values, "oauth_timestamp");
  if (!/^[1-9]\d{0,14}$/.test(timestamp)) {
    throw malformed("oauth_timestamp is no positive number of seconds");
  }
  const nonce = required(values, "oauth_nonce");
  if (nonce.length > LONGEST_NONCE)
    throw malformed(`oauth_nonce is longer than ${LONGEST_NONCE} characters`);
  return { timestamp: Number(timestamp), nonce };
}
