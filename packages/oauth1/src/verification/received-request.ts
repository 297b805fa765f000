import { ConfigurationError } from "@grantkit/core";
import {
  anything,
  isObject,
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
} from "@grantkit/core/requests";
import { type Parameter, parseForm } from "../signing/parameters.ts";
import {
  contentOf,
  FORM_TYPE,
  type FormFields,
  isParameters,
  mediaType,
  parametersOf,
} from "../signing/request-body.ts";
import { mustBeRequestUrl } from "../signing/request-target.ts";
import { malformed } from "../errors.ts";

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

/** A received request, parsed. */
export interface ReadRequest {
  /** In upper case. */
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly query: readonly Parameter[];
  /** The parameters of a form body; undefined for another body, or none. */
  readonly form: readonly Parameter[] | undefined;
  /** The bytes or text that a body hash covers. */
  readonly content: string | Uint8Array;
}

/**
 * Reads a received request; it reads a clone of a web-standard one, whose body the caller can then still read.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for an invalid argument; OAuthError with code `INVALID_REQUEST` for a
 * query or form that cannot be decoded.
 */
export async function readRequest(request: Request | ReceivedRequest): Promise<ReadRequest> {
  const plain = isWebRequest(request) ? await plainOf(request) : ownOptions(request);
  const problems = requestProblems(plain);
  if (problems.length > 0) throw new ConfigurationError("The received request", problems);
  const headers = headersOf(plain.headers);
  const url = new URL(plain.url);
  const query = parseForm(url.search.slice(1));
  if (!query) throw malformed("its query cannot be decoded");
  return {
    method: plain.method.toUpperCase(),
    url,
    authorization: headers.get("authorization"),
    query,
    ...bodyParts(plain.body, headers.get("content-type")),
  };
}

function isWebRequest(request: Request | ReceivedRequest): request is Request {
  return typeof (request as { clone?: unknown } | null)?.clone === "function";
}

async function plainOf(request: Request): Promise<ReceivedRequest> {
  if (request.bodyUsed) {
    throw new ConfigurationError("The received request", [
      "its body was read already: call verify() before that, or pass { method, url, headers, body }",
    ]);
  }
  const { method, url, headers } = request;
  return { method, url, headers, body: await request.clone().arrayBuffer() };
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

function bodyParts(
  body: ReceivedRequest["body"],
  contentType: string | undefined,
): Pick<ReadRequest, "form" | "content"> {
  if (body === undefined || body === null) return { form: undefined, content: "" };
  const type = mediaType(contentType);
  if (isParameters(body)) return { form: parsedForm(body, type), content: "" };
  const content = contentOf(body);
  if (content === undefined) throw new ConfigurationError("The received request", [UNREADABLE]);
  if (type !== FORM_TYPE) return { form: undefined, content };
  const text = typeof content === "string" ? content : utf8(content);
  const form = text === undefined ? undefined : parseForm(text);
  if (!form) throw malformed("its form cannot be decoded");
  return { form, content };
}

const UNREADABLE =
  "body must be the text or the bytes as received, or the fields of a form (URLSearchParams or an object)";

function parsedForm(
  body: URLSearchParams | FormFields,
  type: string | undefined,
): readonly Parameter[] {
  if (type !== undefined && type !== FORM_TYPE) {
    throw new ConfigurationError("The received request", [UNREADABLE]);
  }
  const form = parametersOf(body);
  if (form) return form;
  throw malformed("its parsed form has nested fields; pass the text of the form instead");
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
