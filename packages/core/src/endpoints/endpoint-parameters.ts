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
