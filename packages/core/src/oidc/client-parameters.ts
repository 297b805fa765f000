import {
  isObject,
  type OptionRule,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";

/** What a provider calls the parameters that have the client's ID and secret (RFC 6749 §2.3.1). */
export interface ClientParameters {
  /**
   * The client's ID.
   *
   * @defaultValue `"client_id"`
   */
  readonly id?: string;
  /**
   * The client's secret.
   *
   * @defaultValue `"client_secret"`
   */
  readonly secret?: string;
}

/** Those names, with the defaults. */
export function clientParameterNames(names: ClientParameters = {}): Required<ClientParameters> {
  return { id: names.id ?? "client_id", secret: names.secret ?? "client_secret" };
}

/** Gives the client's ID and secret the provider's names; nothing else in the request can have these. */
export function withProviderNames<Value>(
  names: ClientParameters | undefined,
  parameters: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  if (names === undefined) return parameters;
  const { id, secret } = clientParameterNames(names);
  const renamed: Readonly<Record<string, string>> = { client_id: id, client_secret: secret };
  const entries = Object.entries(parameters).flatMap(([name, value]) => {
    if (Object.hasOwn(renamed, name)) return [[renamed[name] as string, value] as const];
    return name === id || name === secret ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

const mustBeParameterName: OptionRule = (value, name) =>
  value === undefined || (typeof value === "string" && /^[\w.-]+$/.test(value))
    ? []
    : [`${name} must be the name of a parameter, for example "client_key"`];

const RULES: OptionRules<ClientParameters> = {
  id: mustBeParameterName,
  secret: mustBeParameterName,
};

/** Takes the names of the client's parameters. */
export const mustBeClientParameters: OptionRule = (value, name) => {
  if (value === undefined) return [];
  if (!isObject(value)) return [`${name} must be an object, for example { id: "client_key" }`];
  const { id, secret } = clientParameterNames(value);
  return id === secret
    ? [`${name}.id and ${name}.secret must be two names`]
    : optionProblems(value, RULES, `${name}.`);
};
