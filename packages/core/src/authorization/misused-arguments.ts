import { ConfigurationError } from "../errors/configuration-error.ts";
import { isObject } from "../options/option-rules.ts";
import { isRequest } from "./callback-parameters.ts";

/** A method that ends a sign-in. */
export type EndingMethod = "fetchToken()" | "tokenFromFragment()";

/**
 * Recognizes what people pass by mistake to a method that ends a sign-in.
 *
 * No callback gets here by what an attacker put into its query: what is recognized has another form, or an authorization
 * request's number in it.
 *
 * @throws ConfigurationError that says what to pass.
 */
export function refuseMisuse(
  provider: string,
  method: EndingMethod,
  callback: unknown,
  request: unknown,
): void {
  const problem =
    misorderOf(callback, request) ?? misuseOfRequest(method, request) ?? misuseOfCallback(callback);
  if (problem !== undefined) throw new ConfigurationError(method, [problem], provider);
}

/** Whether a value is what `authorizationRequest()` returned. */
function isAuthorizationRequest(value: unknown): boolean {
  return (
    isObject(value) &&
    ["url", "state", "redirectUri"].every((name) => Object.hasOwn(value, name)) &&
    Object.hasOwn(value, "issuedAt") &&
    typeof value["issuedAt"] === "number"
  );
}

function misorderOf(callback: unknown, request: unknown): string | undefined {
  if (!isAuthorizationRequest(callback)) return undefined;
  return isAuthorizationRequest(request)
    ? "the callback is the authorization request too: pass what came back from the provider, its URL or the request with it"
    : "the arguments are in the wrong order: the callback comes first, and then what authorizationRequest() returned";
}

function misuseOfRequest(method: EndingMethod, request: unknown): string | undefined {
  if (request === undefined || request === null) {
    return "there is no request: this visitor has no sign-in under way (is their session lost?)";
  }
  if (typeof request === "string") {
    return /^\s*[{"]/.test(request)
      ? "request is a string: JSON.parse it first"
      : "request is a string: keep the whole object that authorizationRequest() returned, not its url or its state alone";
  }
  if (!isObject(request)) return "request must be what authorizationRequest() returned";
  if (isPromise(request)) return "request is a promise: await authorizationRequest()";
  const kind = isRequest(request)
    ? "the request of HTTP"
    : request instanceof URL || request instanceof URLSearchParams
      ? "a URL"
      : undefined;
  if (kind !== undefined) {
    return `request is ${kind}, and not what authorizationRequest() returned: keep that in the user's session until the callback, and pass it`;
  }
  return misuseOfFields(method, request);
}

function misuseOfFields(
  method: EndingMethod,
  request: Readonly<Record<string, unknown>>,
): string | undefined {
  if (!["provider", "state", "redirectUri"].some((name) => Object.hasOwn(request, name))) {
    const [name] = Object.keys(request).filter((each) => isAuthorizationRequest(request[each]));
    return name === undefined
      ? "request has none of the fields of an authorization request: pass what authorizationRequest() returned"
      : `request is not what authorizationRequest() returned, but its field ${name.slice(0, 40)} is: pass that`;
  }
  const isForCode =
    !Object.hasOwn(request, "responseType") || request["responseType"] === undefined;
  if (isForCode === (method === "fetchToken()")) return undefined;
  return isForCode
    ? "request was made for a code: end it with fetchToken()"
    : 'request was made with responseType: "token": end it with tokenFromFragment()';
}

function misuseOfCallback(callback: unknown): string | undefined {
  if (!isObject(callback)) return undefined;
  if (isPromise(callback)) return "the callback is a promise: await it";
  // A request has a method; a parsed query or form has the state.
  if (isRequest(callback) || Object.hasOwn(callback, "state")) return undefined;
  if (isObject(own(callback, "queryStringParameters"))) {
    return "the callback is an event of AWS Lambda: pass event.queryStringParameters";
  }
  return isRequestLike(own(callback, "req")) || isRequestLike(own(callback, "request"))
    ? "the callback is a framework's context: pass the request in it (c.req.raw in Hono, ctx.req in Koa, event.request in SvelteKit)"
    : undefined;
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A framework's own request has no headers sometimes. */
function isRequestLike(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isRequest(value) || (typeof own(value, "url") === "string" && isObject(own(value, "raw")));
}

function isPromise(value: object): boolean {
  return value instanceof Promise || typeof (value as { then?: unknown }).then === "function";
}
