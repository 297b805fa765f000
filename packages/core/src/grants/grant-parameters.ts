import { ownOptions } from "../options/own-fields.ts";
import type { ClientContext } from "../client-context.ts";
import {
  type EndpointParameters,
  mustBeResource,
  parameterProblems,
  TOKEN_REQUEST_FIELDS,
} from "../endpoints/endpoint-parameters.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { mustBeSignal, optionProblems, type OptionRules } from "../options/option-rules.ts";
import { mustBeScope } from "../tokens/scopes.ts";

/** Options that every grant has. */
export interface GrantOptions {
  /**
   * The scopes to request; without it the provider decides (RFC 6749 §3.3).
   *
   * @defaultValue the provider's `defaultScope` where a user signs in (password, device), otherwise none
   */
  readonly scope?: readonly string[];
  /** The API that the token is for: its URI, or several (RFC 8707 §2). */
  readonly resource?: string | readonly string[];
  /** Further form fields by the provider's own names, for example `audience`; an array repeats the field. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** The rules of the options that every grant has. */
export const GRANT_RULES: OptionRules<GrantOptions> = {
  scope: mustBeScope,
  resource: mustBeResource,
  parameters: (value) => parameterProblems(value, TOKEN_REQUEST_FIELDS),
  signal: mustBeSignal,
};

/**
 * Checks a grant's options, and gives the parameters of those that every grant has.
 *
 * @param rules - {@link GRANT_RULES} and the rules of the grant's own options.
 * @param further - Problems that were found elsewhere.
 * @throws ConfigurationError that lists every problem.
 */
export function grantParameters(
  { provider }: ClientContext,
  method: string,
  options: GrantOptions,
  rules: OptionRules = GRANT_RULES,
  further: readonly string[] = [],
): EndpointParameters {
  throwProblems(method, [...optionProblems(options, rules), ...further], provider.name);
  const { scope, resource, parameters } = ownOptions(options);
  return {
    scope: scope && scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
    resource,
    ...parameters,
  };
}
