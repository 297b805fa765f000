import { isObject, must, type OptionRule } from "../options/option-rules.ts";

/** The parameters of a request: a list repeats the parameter, undefined leaves it out. */
export type EndpointParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The fields of a token request that the client sets itself. */
export const TOKEN_REQUEST_FIELDS: ReadonlySet<string> = new Set([
  "actor_token",
  "actor_token_type",
  "assertion",
  "client_assertion",
  "client_assertion_type",
  "client_id",
  "client_secret",
  "code",
  "code_verifier",
  "device_code",
  "grant_type",
  "password",
  "redirect_uri",
  "refresh_token",
  "scope",
  "subject_token",
  "subject_token_type",
  "username",
]);

/** The content type of forms, which has no charset; TikTok wants it so. */
export const FORM_TYPE = "application/x-www-form-urlencoded";

/** A body as text, with its content type. */
export interface WrittenBody {
  readonly body: string;
  readonly contentType: string;
}

/** Writes a form as a form, and anything else as JSON; undefined for no body. */
export function writtenBody(body: object | null | undefined): WrittenBody | undefined {
  if (body === undefined) return undefined;
  return body instanceof URLSearchParams
    ? { body: body.toString(), contentType: FORM_TYPE }
    : { body: JSON.stringify(body), contentType: "application/json" };
}

/** Writes parameters as a form. */
export function formOf(parameters: EndpointParameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const part of [value ?? []].flat()) form.append(name, part);
  }
  return form;
}

/** Takes parameters out of a URL's query, which is left as it is otherwise. */
export function withoutParameters(url: string, parameters: EndpointParameters): string {
  const [address = "", ...rest] = url.split("?");
  const query = rest.join("?").split("&");
  const kept = query.filter((pair) => {
    const [name = ""] = new URLSearchParams(pair).keys();
    const isReplaced = Object.hasOwn(parameters, name) && parameters[name] !== undefined;
    return pair !== "" && !isReplaced;
  });
  return kept.length > 0 ? `${address}?${kept.join("&")}` : address;
}

/** Reads a form as parameters. */
export function fieldsOf(form: URLSearchParams): Record<string, string | readonly string[]> {
  const fields: Record<string, string | readonly string[]> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    fields[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return fields;
}

/**
 * Lists what is wrong with the option `parameters`, one sentence a problem.
 *
 * @param reserved - The parameters that the client sets itself.
 */
export function parameterProblems(parameters: unknown, reserved: ReadonlySet<string>): string[] {
  if (parameters === undefined) return [];
  if (!isObject(parameters)) return ["parameters must be an object of strings"];
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (reserved.has(name)) return [`parameters.${name} is set by the client itself`];
    return value === undefined || [value].flat().every((part) => typeof part === "string")
      ? []
      : [`parameters.${name} must be a string, or a list of strings`];
  });
}

/** Takes one resource indicator or a list (RFC 8707 §2). */
export const mustBeResource: OptionRule = must(
  "be an absolute URI without a fragment, or a list of such (RFC 8707)",
  (value) =>
    [value]
      .flat()
      .every((uri) => typeof uri === "string" && URL.canParse(uri) && !uri.includes("#")),
);
