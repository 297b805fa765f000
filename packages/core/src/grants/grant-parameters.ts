import type { ClientContext } from "../client-context.ts";
import {
  type EndpointParameters,
  parameterProblems,
  resourceProblems,
} from "../endpoints/endpoint-parameters.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { unknownFields } from "../options/unknown-fields.ts";
import { scopeProblems } from "../tokens/scopes.ts";

/** What any grant may be given beyond what it is about. */
export interface GrantOptions {
  /**
   * What the app asks for; without it the provider decides (RFC 6749 §3.3).
   *
   * @defaultValue the provider's `defaultScope` where a user signs in (password, device), otherwise none
   */
  readonly scope?: readonly string[];
  /** For which API the token is to be: its URI, or several (RFC 8707). */
  readonly resource?: string | readonly string[];
  /** Further form fields by the provider's own names, for example `audience`; an array repeats the field. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Gives up the request. */
  readonly signal?: AbortSignal;
}

/** What the SDK writes into token requests; a further parameter of this name would say something else. */
const RESERVED = new Set([
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

const SHARED_OPTIONS = ["scope", "resource", "parameters", "signal"];

/**
 * The shared parameters of a grant; ConfigurationError when they cannot be used.
 *
 * @param own - What else the grant is about: the names of its options, and what is wrong with them.
 */
export function grantParameters(
  { provider }: ClientContext,
  method: string,
  options: GrantOptions,
  own: { readonly names?: readonly string[]; readonly problems?: readonly string[] } = {},
): EndpointParameters {
  const { scope, resource, parameters, signal } = options;
  const known = new Set([...SHARED_OPTIONS, ...(own.names ?? [])]);
  const problems = [...unknownFields(options, known, ""), ...(own.problems ?? [])];
  if (scope !== undefined) problems.push(...scopeProblems(scope));
  problems.push(...resourceProblems(resource));
  problems.push(...parameterProblems(parameters, RESERVED));
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    problems.push("signal must be an AbortSignal: of an AbortController its signal");
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider.name);
  return {
    scope: scope && scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
    resource,
    ...parameters,
  };
}
