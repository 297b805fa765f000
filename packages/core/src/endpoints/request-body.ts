import { ConfigurationError } from "../errors/configuration-error.ts";
import type { TokenRequestHookValue } from "../hooks.ts";
import { definedFields, ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { FORM_TYPE, formOf, withoutParameters } from "./endpoint-parameters.ts";

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The parts of a request that its fields decide. */
export interface WrittenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The headers of a request before its hooks, with the content type of its body. */
export function headersOfBody(
  { tokenRequestBody }: Provider,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    ...headers,
    "content-type": tokenRequestBody === "json" ? "application/json" : FORM_TYPE,
  };
}

/** A request whose header names are in lower case, whatever hooks made of them: the last one of a name counts. */
export function withPlainNames(request: TokenRequestHookValue): TokenRequestHookValue {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  return { ...request, headers: ownFields(definedFields(Object.fromEntries(headers))) };
}

/**
 * Writes the fields of a request as its method and its content type say: in the query, as JSON or as a form.
 *
 * @throws ConfigurationError for a content type that a hook set, and that is neither.
 */
export function writeRequest(
  provider: Provider,
  { url, method, headers, body }: TokenRequestHookValue,
): WrittenRequest {
  if (method === "GET") {
    const { "content-type": _type, ...rest } = headers;
    const address = withoutParameters(url, body);
    const query = `${address.includes("?") ? "&" : "?"}${formOf(body).toString()}`;
    return { url: `${address}${query}`, headers: rest, body: undefined };
  }
  const type = headers["content-type"] ?? "";
  if (JSON_TYPE.test(type)) return { url, headers, body: JSON.stringify(ownFields(body)) };
  if (type === "" || FORM.test(type)) return { url, headers, body: formOf(body).toString() };
  const problem =
    "the hook tokenRequest or refreshRequest set a content-type that is neither a form nor JSON: set application/json for JSON, or leave it";
  throw new ConfigurationError("The token request", [problem], provider.name);
}
