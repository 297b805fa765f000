import {
  baseString,
  isSignedBy,
  parameterSources,
  type Pair,
  type ReferenceSecrets,
} from "./reference-signer.ts";
import type { WireRequest } from "./wire-request.ts";

/** What a receiver read in a request that it accepted. */
export interface AcceptedRequest {
  readonly placement: "header" | "query" | "body";
  /** The parameters of the protocol. */
  readonly oauth: ReadonlyMap<string, string>;
  /** The others, as octets. */
  readonly query: readonly Pair[];
  readonly form: readonly Pair[];
}

/** What RFC 5849 §3.2 has a server check; throws with the base string that it found. */
export function accept(request: WireRequest, secrets: ReferenceSecrets): AcceptedRequest {
  const sources = parameterSources(request);
  const placements = (["header", "query", "body"] as const).filter((each) =>
    sources[each].some(isProtocolParameter),
  );
  const [placement] = placements;
  if (placement === undefined || placements.length > 1) {
    throw new Error(`Protocol parameters are in ${placements.join(" and ") || "no place"} (§3.5)`);
  }
  const oauth = protocolParameters(sources[placement].filter(isProtocolParameter));
  const text = baseString(request, sources);
  const method = oauth.get("oauth_signature_method") ?? "";
  if (!isSignedBy(text, method, secrets, oauth.get("oauth_signature") ?? "")) {
    throw new Error(`The signature is not that of this base string:\n${text}`);
  }
  return {
    placement,
    oauth,
    query: sources.query.filter((pair) => !isProtocolParameter(pair)),
    form: sources.body.filter((pair) => !isProtocolParameter(pair)),
  };
}

function protocolParameters(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of pairs) {
    // §3.1: each of them at most once.
    if (found.has(name.toString())) throw new Error(`${name.toString()} is there twice`);
    found.set(name.toString(), new TextDecoder("utf-8", { fatal: true }).decode(value));
  }
  for (const name of ["oauth_consumer_key", "oauth_signature_method", "oauth_signature"]) {
    if (!found.has(name)) throw new Error(`${name} is missing`);
  }
  if (found.get("oauth_version") !== "1.0") throw new Error("oauth_version is not 1.0");
  if (!/^[1-9]\d*$/.test(found.get("oauth_timestamp") ?? "")) throw new Error("no timestamp");
  if (!found.get("oauth_nonce")) throw new Error("no nonce");
  return found;
}

function isProtocolParameter([name]: Pair): boolean {
  return name.toString("latin1").startsWith("oauth_");
}
