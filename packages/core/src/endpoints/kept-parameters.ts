import { type EndpointParameters, TOKEN_REQUEST_FIELDS } from "./endpoint-parameters.ts";
import {
  isObject,
  type OptionRule,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { RESPONSE_FIELDS } from "../tokens/token-response.ts";

/** The parameters that the client itself reads; a callback has each once at most. */
export const SINGLE: readonly string[] = [
  "code",
  "state",
  "iss",
  "error",
  "error_description",
  "error_uri",
];

/**
 * A parameter of the callback that is kept with the token. It came through the user's browser, where the user can change
 * it: it proves nothing. If it names a server, compare it with a list before anything is sent there.
 */
export interface CallbackParameter {
  /** The parameter's name, for example `device_id`. */
  readonly name: string;
  /**
   * Whether it is sent to the token endpoint, with the code and with each refresh: `true` under its own name, a text under
   * that name (VK's `device_id`).
   *
   * @defaultValue `false`
   */
  readonly tokenRequest?: boolean | string;
}

/** A provider's definition, as far as it concerns the parameters that are kept. */
export interface KeepingProvider {
  readonly callbackParameters?: readonly (string | CallbackParameter)[];
}

const NAME = /^[\x21-\x7e]+$/;
/** `__proto__` is no name of a field. */
const READ = new Set(
  [...SINGLE, ...RESPONSE_FIELDS, "__proto__"].filter((name) => name !== "scope"),
);
const SENT = new Set([...TOKEN_REQUEST_FIELDS, "__proto__"]);

const mustBeName: OptionRule = (name, field) => {
  if (typeof name !== "string" || !NAME.test(name)) {
    return [`${field} must be the name of a parameter, for example "realmId"`];
  }
  return READ.has(name)
    ? [`${field} must be a parameter other than those that the client reads`]
    : [];
};

const RULES: OptionRules<CallbackParameter> = {
  name: mustBeName,
  tokenRequest: (value, field, { name }) => {
    if (value === undefined || value === false) return [];
    const sent = value === true ? name : value;
    if (typeof sent !== "string" || !NAME.test(sent)) {
      return [`${field} must be true, false or the name of a form field`];
    }
    return SENT.has(sent) ? [`${field} cannot be a field that the client sets itself`] : [];
  },
};

/** Takes the parameters of the callback that a provider's definition keeps. */
export const mustBeCallbackParameters: OptionRule = (value, field) => {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    return [`${field} must be an array of names or of objects with a name`];
  const problems = value.flatMap((entry: unknown, index) => {
    const place = `${field}[${index}]`;
    return isObject(entry)
      ? optionProblems(entry, RULES, `${place}.`)
      : mustBeName(entry, place, {});
  });
  if (problems.length > 0) return problems;
  const kept = keptParameters({ callbackParameters: value });
  const names = kept.map(({ name }) => name);
  const fields = kept.flatMap(({ sentAs }) => sentAs ?? []);
  return [
    ...repeated(names).map((name) => `${field} names ${name} twice`),
    ...repeated(fields).map((name) => `${field} sends two parameters as ${name}`),
  ];
};

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) < index);
}

interface KeptParameter {
  readonly name: string;
  /** Its name at the token endpoint; undefined for one that is not sent there. */
  readonly sentAs: string | undefined;
}

/** Lists the parameters of the callback that a provider's definition keeps. */
export function keptParameters({
  callbackParameters = [],
}: KeepingProvider): readonly KeptParameter[] {
  return callbackParameters.map((entry) => {
    if (typeof entry === "string") return { name: entry, sentAs: undefined };
    const { name, tokenRequest = false } = entry;
    return { name, sentAs: tokenRequest === true ? name : tokenRequest || undefined };
  });
}

/**
 * Picks the kept parameters.
 *
 * @param read - Reads one of them: from a callback, which must have been checked, or from the `raw` of a token.
 */
export function keptFrom(
  provider: KeepingProvider,
  read: (name: string) => unknown,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keptParameters(provider).flatMap(({ name }) => {
      const value = read(name);
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/**
 * Gives the kept parameters that the provider wants at its token endpoint.
 *
 * @param kept - The parameters of the callback, or the `raw` of the token that they were kept in.
 */
export function keptForTokenRequest(
  provider: KeepingProvider,
  kept: Readonly<Record<string, unknown>>,
): EndpointParameters {
  return Object.fromEntries(
    keptParameters(provider).flatMap(({ name, sentAs }) => {
      const value = Object.hasOwn(kept, name) ? kept[name] : undefined;
      return sentAs !== undefined && typeof value === "string" ? [[sentAs, value]] : [];
    }),
  );
}
