import { isObject, must } from "../options/option-rules.ts";

/** The parameters of a request: a list repeats the parameter, undefined leaves it out. */
export type EndpointParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Parameters as a form. */
export function formOf(parameters: EndpointParameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const part of [value ?? []].flat()) form.append(name, part);
  }
  return form;
}

/** A form as parameters. */
export function fieldsOf(form: URLSearchParams): Record<string, string | readonly string[]> {
  const fields: Record<string, string | readonly string[]> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    fields[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return fields;
}

/**
 * What is wrong with further parameters.
 *
 * @param reserved - What the SDK writes itself.
 */
export function parameterProblems(parameters: unknown, reserved: ReadonlySet<string>): string[] {
  if (parameters === undefined) return [];
  if (!isObject(parameters)) return ["parameters must be an object of strings"];
  return Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
    if (reserved.has(name)) return [`parameters.${name} is set by the client itself`];
    const fits = [value].flat().every((part) => typeof part === "string");
    return fits || value === undefined
      ? []
      : [`parameters.${name} must be a string, or a list of strings`];
  });
}

/** Takes resource indicators (RFC 8707 §2): one, or a list. */
export const mustBeResource = must(
  "be an absolute URI without a fragment, or a list of such (RFC 8707)",
  (value) =>
    [value]
      .flat()
      .every((uri) => typeof uri === "string" && URL.canParse(uri) && !uri.includes("#")),
);
