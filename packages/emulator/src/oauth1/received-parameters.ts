import type { EmulatorContext } from "../server/request-log.ts";
import { readOAuthHeader } from "./authorization-header.ts";
import { OAuthProblem, parametersRejected, problemReply } from "./oauth-problem.ts";
import { formPairs, textOf } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";
import type { OAuth1Server } from "./server.ts";

/** Where a request may carry its OAuth parameters (RFC 5849 section 3.5). */
type OAuth1Placement = "header" | "query" | "body";

/** All parameters of a request. */
export interface ReceivedParameters {
  /** Where the OAuth parameters are; undefined if there are none. */
  readonly placement: OAuth1Placement | undefined;
  /** The parameters whose names begin with `oauth_`, as text. */
  readonly oauth: ReadonlyMap<string, string>;
  /** What the signature is about: everything but the realm and the signature itself. */
  readonly signed: readonly ParameterPair[];
  /** What is neither the header's nor a parameter of OAuth. */
  readonly query: readonly ParameterPair[];
  /** Undefined if the body is no form. */
  readonly form: readonly ParameterPair[] | undefined;
  /** The realm in the header. */
  readonly realm: string | undefined;
}

/** Collects a request's parameters. Throws a problem if those of OAuth are repeated, or in more than one place. */
async function receivedParameters(c: EmulatorContext): Promise<ReceivedParameters> {
  const header = oauthHeader(c);
  const query = formPairs(/\?([^#]*)/.exec(c.env.incoming.url ?? "")?.[1] ?? "");
  const form = hasForm(c) ? formPairs(latin1(await c.req.arrayBuffer())) : undefined;
  const places = { header: header?.pairs ?? [], query, body: form ?? [] };
  const used = (["header", "query", "body"] as const).filter((place) =>
    places[place].some(isOAuth),
  );
  if (used.length > 1) {
    throw parametersRejected([], `OAuth parameters are in two places: ${used.join(" and ")}.`);
  }
  const [placement] = used;
  return {
    placement,
    oauth: withoutDuplicates(placement === undefined ? [] : places[placement].filter(isOAuth)),
    signed: Object.values(places)
      .flat()
      .filter(({ name }) => name !== "oauth_signature"),
    query: query.filter((pair) => !isOAuth(pair)),
    form: form?.filter((pair) => !isOAuth(pair)),
    realm: header?.realm,
  };
}

/** A parameter that is none of OAuth's own, wherever it is: such as those of xAuth. */
export function plainParameter({ signed }: ReceivedParameters, name: string): string | undefined {
  const pair = signed.find((other) => other.name === name);
  return pair === undefined ? undefined : textOf(pair.value);
}

/** Whether the body takes part in the signature (RFC 5849 section 3.4.1.3.1). */
function hasForm(c: EmulatorContext): boolean {
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";");
  return mediaType.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function oauthHeader(c: EmulatorContext): ReturnType<typeof readOAuthHeader> {
  // Node joins or drops repeated headers; here each of them counts.
  const headers = (c.env.incoming.headersDistinct["authorization"] ?? [])
    .map(readOAuthHeader)
    .filter((header) => header !== undefined);
  if (headers.length > 1) throw parametersRejected([], "There are two Authorization headers.");
  return headers[0];
}

function latin1(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString("latin1");
}

function isOAuth({ name }: ParameterPair): boolean {
  return name.startsWith("oauth_");
}

function withoutDuplicates(pairs: readonly ParameterPair[]): ReadonlyMap<string, string> {
  const names = pairs.map(({ name }) => textOf(name));
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) {
    throw parametersRejected([...new Set(repeated)], "OAuth parameters are repeated.");
  }
  return new Map(pairs.map(({ value }, index) => [names[index] ?? "", textOf(value)]));
}

/** Makes the answer to a request whose parameters have been read. It may throw a problem. */
type SignedHandler = (
  c: EmulatorContext,
  received: ReceivedParameters,
) => Response | Promise<Response>;

/** A route that reads the parameters and tells problems as OAuth does. */
export function answering(
  { switches }: OAuth1Server,
  handle: SignedHandler,
): (c: EmulatorContext) => Promise<Response> {
  return async (c) => {
    try {
      return await handle(c, await receivedParameters(c));
    } catch (error) {
      if (error instanceof OAuthProblem) return problemReply(error, switches.realm);
      throw error;
    }
  };
}
