import { OAuthError } from "../errors/oauth-error.ts";
import { isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { formOfRequest, type NodeRequest, parametersOf } from "./callback-form.ts";

/**
 * A callback as a server or a page has it: its URL or path, its query, the whole request (web-standard, or of Node and the
 * frameworks on it), or its parsed query or form.
 */
export type CallbackInput =
  | string
  | URL
  | URLSearchParams
  | FormData
  | Request
  | NodeRequest
  | Readonly<Record<string, unknown>>;

/**
 * Reads the parameters of a callback from its query, or from its form (`form_post`).
 *
 * @throws OAuthError with code `CALLBACK_INVALID` for a value that is not a callback, or a form that cannot be read.
 */
export async function readParameters(
  provider: string,
  callback: CallbackInput,
): Promise<URLSearchParams> {
  const query = queryOf(provider, callback);
  if (query) return query;
  const request = callback as Request | NodeRequest;
  if (!isPostedForm(request)) {
    throw invalid(provider, "The callback must be a GET, or a POST of a form (form_post).");
  }
  return formOf(provider, request);
}

function isPostedForm(request: Request | NodeRequest): boolean {
  const type = headerOf(request, "content-type");
  const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type);
  return request.method === "POST" && isForm;
}

function formOf(provider: string, request: Request | NodeRequest): Promise<URLSearchParams> {
  const type = headerOf(request, "content-type");
  return formOfRequest(request, type, (message) => invalid(provider, message));
}

/**
 * Reads the query of a callback.
 *
 * @returns undefined for a request that is not a GET: its parameters are in the body.
 * @throws OAuthError with code `CALLBACK_INVALID` for a value that is not a callback.
 */
export function queryOf(provider: string, callback: CallbackInput): URLSearchParams | undefined {
  if (callback instanceof URL) return callback.searchParams;
  if (typeof callback === "string") return queryOfText(provider, callback);
  // Some frameworks have no more than the path here either.
  if (isRequest(callback)) {
    return callback.method === "GET" ? queryOfText(provider, callback.url) : undefined;
  }
  const parameters = isObject(callback) ? parametersOf(callback) : undefined;
  if (parameters instanceof URLSearchParams) return parameters;
  throw invalid(
    provider,
    parameters === undefined
      ? "The callback must be a string, a URL, URLSearchParams, a request (a Request, or Node's), or its parsed query or form."
      : `The callback's field ${parameters.unusable} is not text. Pass the callback's URL, the request, or its parsed query or form.`,
  );
}

/** Only the query counts; a server often has no more than the path. */
function queryOfText(provider: string, text: string): URLSearchParams {
  // A query without its question mark begins with a name; a path, a URL and a fragment do not.
  if (/^[\w.~%-]+=/.test(text)) return new URLSearchParams(text.split("#")[0]);
  if (!URL.canParse(text, "http://localhost")) {
    throw invalid(provider, "The callback is not a URL, a path with a query, or a query.");
  }
  return new URL(text, "http://localhost").searchParams;
}

function invalid(provider: string, message: string): OAuthError {
  return new OAuthError("CALLBACK_INVALID", message, { provider });
}

/** Reads the parameters in the fragment of a callback, which only a page sees. */
export function fragmentOf(callback: CallbackInput): URLSearchParams {
  const text = typeof callback === "string" || callback instanceof URL ? String(callback) : "";
  return new URLSearchParams(text.includes("#") ? text.slice(text.indexOf("#") + 1) : "");
}

/**
 * Reads the form that a request posts, for the callbacks that a provider posts outside of a sign-in's redirect.
 *
 * @param advice - What to pass, for the error of a value that is no POST of a form.
 * @throws OAuthError with code `CALLBACK_INVALID` for what is no POST of a form, and for a form that cannot be read.
 */
export async function readPostedForm(
  provider: string,
  request: Request | NodeRequest,
  advice: string = "Pass the request itself.",
): Promise<URLSearchParams> {
  if (!isRequest(request) || !isPostedForm(request)) {
    throw invalid(provider, `The request must be a POST of a form. ${advice}`);
  }
  return formOf(provider, request);
}

/**
 * Reads a header of a request or a response; empty where there is none.
 *
 * @param name - In lower case.
 */
export function headerOf({ headers }: { readonly headers: object }, name: string): string {
  const { get } = headers as Partial<Headers>;
  const value: unknown = typeof get === "function" ? get.call(headers, name) : field(headers, name);
  return typeof value === "string" ? value : "";
}

/** The own field with a name: the names of Node's headers are in lower case, those of others as they were sent. */
function field(headers: object, name: string): unknown {
  const own = Object.hasOwn(headers, name)
    ? name
    : Object.keys(headers).find((each) => each.toLowerCase() === name);
  return own === undefined ? undefined : Reflect.get(headers, own);
}

/** Whether a value is a request of HTTP, web-standard or of Node. */
export function isRequest(
  value: unknown,
): value is (Request | NodeRequest) & { readonly url: string } {
  if (!isObject(value)) return false;
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  const { method, headers, url } = (isPlain ? ownFields(value) : value) as Partial<Request>;
  return typeof method === "string" && typeof url === "string" && isObject(headers);
}
