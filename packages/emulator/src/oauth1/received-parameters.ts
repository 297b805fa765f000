import type { EmulatorContext } from "../server/request-log.ts";
import { readOAuthHeader } from "./authorization-header.ts";
import { OAuthProblem, parametersRejected, problemReply } from "./oauth-problem.ts";
import { formPairs, textOf } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";
import type { OAuth1Server } from "./server.ts";

/** The place of the OAuth parameters in a request (RFC 5849 section 3.5). */
type OAuth1Placement = "header" | "query" | "body";

/** The parameters of a request. */
export interface ReceivedParameters {
  /** The place of the OAuth parameters; undefined if there are none. */
  readonly placement: OAuth1Placement | undefined;
  /** The parameters whose names begin with `oauth_`, as text. */
  readonly oauth: ReadonlyMap<string, string>;
  /** The signed parameters: all but the realm and the signature. */
  readonly signed: readonly ParameterPair[];
  /** The query without OAuth parameters. */
  readonly query: readonly ParameterPair[];
  /** The form without OAuth parameters; undefined if the body is not a form. */
  readonly form: readonly ParameterPair[] | undefined;
  /** The realm in the header. */
  readonly realm: string | undefined;
}

/** A request with its parameters. */
export interface OAuthRequest {
  readonly server: OAuth1Server;
  readonly c: EmulatorContext;
  readonly received: ReceivedParameters;
}

/** Makes a route that parses the parameters, and responds to the OAuthProblem that `handle` throws. */
export function oauthRoute(
  server: OAuth1Server,
  handle: (request: OAuthRequest) => Response | Promise<Response>,
): (c: EmulatorContext) => Promise<Response> {
  return async (c) => {
    try {
      return await handle({ server, c, received: await receivedParameters(c) });
    } catch (error) {
      if (error instanceof OAuthProblem) return problemReply(error, server.switches.realm);
      throw error;
    }
  };
}

/** Parses all parameters of a request. Throws an OAuthProblem if OAuth's are repeated, or in more than one place. */
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

/** Finds a parameter without the prefix `oauth_`, such as those of xAuth, in any place. */
export function plainParameter({ signed }: ReceivedParameters, name: string): string | undefined {
  const pair = signed.find((other) => other.name === name);
  return pair === undefined ? undefined : textOf(pair.value);
}

/** Whether the body is a form, which is signed (RFC 5849 section 3.4.1.3.1). */
function hasForm(c: EmulatorContext): boolean {
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";");
  return mediaType.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function oauthHeader(c: EmulatorContext): ReturnType<typeof readOAuthHeader> {
  // Node joins or drops repeated headers; this reads each of them.
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
