import { ConfigurationError } from "@grantkit/core";
import {
  anything,
  isObject,
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
} from "@grantkit/core/requests";
import type { Parameter } from "../signing/parameters.ts";
import { FORM_TYPE, type FormFields, isParameters, mediaType } from "../signing/request-body.ts";
import { mustBeRequestUrl } from "../signing/request-target.ts";
import { malformed } from "../errors.ts";
import { type ReadBody, readGivenBody, readStreamedBody } from "./received-body.ts";
import { receivedParameters } from "./received-parameters.ts";

/** The parts of a received request, for servers without web-standard requests. */
export interface ReceivedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The absolute URL that the sender signed: behind a proxy, the public one. */
  readonly url: string | URL;
  /** The headers; `headers` and `headersDistinct` of Node's `IncomingMessage` fit. */
  readonly headers?:
    | Headers
    | Readonly<Record<string, string | readonly string[] | undefined>>
    | Iterable<readonly [string, string]>;
  /** The body as it was received; of a form also the parsed fields, if they are strings and arrays of strings. */
  readonly body?: string | Uint8Array | ArrayBuffer | URLSearchParams | FormFields | undefined;
}

/** The head of a received request, parsed, and what is known of its body. */
export interface ReceivedHead {
  /** In upper case. */
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly query: readonly Parameter[];
  /** Whether there is a body that is a form. */
  readonly isForm: boolean;
  /** Whether the body is in memory. That of a web-standard request arrives with time, and in any size. */
  readonly isInMemory: boolean;
  /**
   * Reads the body: of a web-standard request, a clone of it, which the caller can then still read.
   *
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) for an invalid argument; OAuthError with code `INVALID_REQUEST` for
   * a form that cannot be decoded, and for a body of more than `maxBytes`.
   */
  body(maxBytes: number): Promise<ReadBody>;
}

/**
 * Reads the head of a received request.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for an invalid argument; OAuthError with code `INVALID_REQUEST` for a
 * query that cannot be decoded.
 */
export function readHead(request: Request | ReceivedRequest): ReceivedHead {
  return isWebRequest(request) ? headOf(request) : headOfParts(ownOptions(request));
}

function headOf(request: Request): ReceivedHead {
  checkUnread(request);
  const { method, url, headers } = request;
  const parts = commonParts({ method, url, headers });
  return {
    ...parts,
    isForm: request.body !== null && mediaType(parts.contentType) === FORM_TYPE,
    isInMemory: false,
    body: (maxBytes) => {
      checkUnread(request);
      return readStreamedBody(request, parts.contentType, maxBytes);
    },
  };
}

function headOfParts(request: ReceivedRequest): ReceivedHead {
  const problems = requestProblems(request);
  if (problems.length > 0) throw new ConfigurationError("The received request", problems);
  const parts = commonParts(request);
  const { body } = request;
  const isForm =
    (body ?? undefined) !== undefined &&
    (isParameters(body) || mediaType(parts.contentType) === FORM_TYPE);
  return {
    ...parts,
    isForm,
    isInMemory: true,
    body: async (maxBytes) => readGivenBody(body, parts.contentType, maxBytes),
  };
}

type CommonParts = Pick<ReceivedHead, "method" | "url" | "authorization" | "query"> & {
  readonly contentType: string | undefined;
};

function commonParts(request: ReceivedRequest): CommonParts {
  const headers = headersOf(request.headers);
  const url = new URL(request.url);
  return {
    method: request.method.toUpperCase(),
    url,
    authorization: headers.get("authorization"),
    contentType: headers.get("content-type"),
    query: receivedParameters(url.search.slice(1), "query"),
  };
}

function isWebRequest(request: Request | ReceivedRequest): request is Request {
  return typeof (request as { clone?: unknown } | null)?.clone === "function";
}

function checkUnread(request: Request): void {
  if (!request.bodyUsed && request.body?.locked !== true) return;
  throw new ConfigurationError("The received request", [
    "its body was read already, or is being read: call verify() before that, or pass { method, url, headers, body }",
  ]);
}

const RULES: OptionRules<ReceivedRequest> = {
  method: (value) => (typeof value === "string" && value !== "" ? [] : ["method is missing"]),
  url: mustBeRequestUrl,
  headers: must("be an object, Headers or pairs of name and value", isObject),
  body: anything,
};

function requestProblems(request: unknown): string[] {
  if (!isObject(request)) return ["request must be a Request, or { method, url, headers, body }"];
  if (isIncomingMessage(request)) {
    return [
      "request is a server's own object, which has no absolute URL: pass { method, url, headers, body }, with the URL that the sender signed and the body as it was received, or its parsed form",
    ];
  }
  return optionProblems(request, RULES);
}

/** Whether it is Node's own request, or a framework's extension of it. */
function isIncomingMessage(request: object): boolean {
  return "rawHeaders" in request && "socket" in request;
}

/** The headers that verification reads, by their names in lower case. */
function headersOf(headers: ReceivedRequest["headers"]): Map<string, string> {
  const found = new Map<string, string>();
  if (headers === undefined) return found;
  const entries: Iterable<readonly [string, string | readonly string[] | undefined]> =
    Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, given] of entries) {
    const key = name.toLowerCase();
    if (given === undefined || (key !== "authorization" && key !== "content-type")) continue;
    const [value, ...further] = [given].flat();
    if (value === undefined) continue;
    if (found.has(key) || further.length > 0) throw malformed(`it has ${key} twice`);
    found.set(key, value);
  }
  return found;
}
