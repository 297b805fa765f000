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
  if (typeof parameters !== "object" || parameters === null) {
    return ["parameters must be an object of strings"];
  }
  return Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
    if (reserved.has(name)) return [`parameters.${name} is set by the client itself`];
    const fits = [value].flat().every((part) => typeof part === "string");
    return fits || value === undefined
      ? []
      : [`parameters.${name} must be a string, or a list of strings`];
  });
}

/** What is wrong with resource indicators (RFC 8707 §2): each an absolute URI without a fragment. */
export function resourceProblems(resource: unknown): string[] {
  if (resource === undefined) return [];
  return [resource].flat().every((uri) => isAbsoluteUri(uri))
    ? []
    : ["resource must be an absolute URI without a fragment, or a list of such (RFC 8707)"];
}

function isAbsoluteUri(uri: unknown): boolean {
  return typeof uri === "string" && URL.canParse(uri) && !uri.includes("#");
}
