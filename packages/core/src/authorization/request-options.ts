import type { ClientContext } from "../client-context.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { mustBeResource, parameterProblems } from "../endpoints/endpoint-parameters.ts";
import { missingEndpoint } from "../endpoints/missing-endpoint.ts";
import {
  anything,
  must,
  mustBeFlag,
  mustBeOneOf,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { mustBeScope } from "../tokens/scopes.ts";
import { misplacedParameters } from "./misplaced-parameters.ts";
import { redirectUriProblems } from "./redirect-uri.ts";

/** Options of an authorization request that every provider has. */
export interface AuthorizationRequestOptions<Scope extends string = string> {
  /**
   * The scopes to ask the user for.
   *
   * @defaultValue the provider's `defaultScope`
   */
  readonly scope?: readonly (Scope | (string & {}))[];
  /**
   * The callback URL.
   *
   * @defaultValue the client's `redirectUri`
   */
  readonly redirectUri?: string;
  /**
   * What the callback carries: a code, or the token itself (implicit grant).
   *
   * @deprecated `"token"`: tokens in URLs leak (RFC 9700 §2.1.2); use a code with PKCE.
   * @defaultValue `"code"`
   */
  readonly responseType?: "code" | "token";
  /**
   * How the callback comes: as a query, or as a POST of a form (OAuth 2.0 Form Post Response Mode). For `"form_post"` the
   * session cookie needs `SameSite=None`.
   *
   * @defaultValue the provider's choice, a query
   */
  readonly responseMode?: "query" | "form_post";
  /**
   * The longest time since the user last signed in at the provider, in seconds, counted from the request (OpenID Connect
   * Core §3.1.2.1). The provider asks users to sign in again when it is longer ago, and the ID token's `auth_time` is
   * checked. `0` always asks.
   */
  readonly maxAge?: number;
  /** The API that the token is for: its URI, or several (RFC 8707 §2). */
  readonly resource?: string | readonly string[];
  /** Authorization details, each with a `type` (RFC 9396 §2). */
  readonly authorizationDetails?: readonly {
    readonly type: string;
    readonly [field: string]: unknown;
  }[];
  /**
   * Whether to push the parameters to the provider first, so that the browser carries a reference to them (PAR, RFC 9126).
   *
   * @defaultValue `false`, or `true` where the provider requires it
   */
  readonly pushed?: boolean;
  /** Further query parameters, by the provider's own names; an array repeats the parameter. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/** Parameters that the client sets itself. */
const RESERVED = new Set([
  "client_id",
  "code_challenge",
  "code_challenge_method",
  "max_age",
  "nonce",
  "redirect_uri",
  "request",
  "request_uri",
  "response_type",
  "scope",
  "state",
]);

const responseMode = mustBeOneOf("query", "form_post");

const RULES: OptionRules<AuthorizationRequestOptions> = {
  scope: mustBeScope,
  // Checked below, where the client's own is known.
  redirectUri: anything,
  responseType: mustBeOneOf("code", "token"),
  responseMode: (value, name, options) =>
    value !== undefined && options["responseType"] === "token"
      ? ['responseMode cannot be set with responseType: "token", which uses the fragment']
      : responseMode(value, name, options),
  maxAge: must("be a whole number of seconds, 0 or more", isMaxAge),
  resource: mustBeResource,
  authorizationDetails: must(
    "be a list of objects, each with a type (RFC 9396 §2)",
    (value) =>
      Array.isArray(value) &&
      value.every((entry) => typeof (entry as { type?: unknown } | null)?.type === "string"),
  ),
  pushed: mustBeFlag,
  parameters: (value) => parameterProblems(value, RESERVED),
};

/**
 * Checks the options of an authorization request.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function checkAuthorizationOptions(
  context: ClientContext,
  options: AuthorizationRequestOptions,
): void {
  const { provider } = context;
  const method = "authorizationRequest()";
  if (Object.hasOwn(options, "method") && Object.hasOwn(options, "url")) {
    const problem = "the options are a request of HTTP: pass { scope, … }, or nothing";
    throw new ConfigurationError(method, [problem], provider.name);
  }
  const rules = rulesFor(provider, options);
  const misplaced = misplacedParameters(options, rules, RESERVED);
  const others = Object.entries(options).filter(([name]) => !misplaced.has(name));
  const rest = misplaced.size === 0 ? options : ownFields(Object.fromEntries(others));
  const problems = optionProblems(rest, rules);
  throwProblems(
    method,
    [...misplaced.values(), ...problems, ...contextProblems(context, options)],
    provider.name,
  );
}

/** Gives the rules of the options, the provider's own among them. */
function rulesFor(provider: Provider, options: object): OptionRules {
  // A provider that reads options without naming them: a misspelled one cannot be told apart.
  const unnamed = "authorizationParameters" in provider ? Object.keys(options) : [];
  const own = provider.authorizationOptions ?? unnamed;
  if (own.length === 0) return RULES;
  return { ...Object.fromEntries(own.map((name) => [name, anything])), ...RULES };
}

/** Lists the problems that depend on the client and its provider. */
function contextProblems(
  { dpop, idTokens, provider, redirectUri: usual }: ClientContext,
  {
    redirectUri = usual,
    responseType,
    maxAge,
    scope = provider.defaultScope,
  }: AuthorizationRequestOptions,
): string[] {
  const problems = idTokens.scopeProblems(scope);
  if (provider.endpoints.authorization === undefined) {
    const advice = "endpoints.authorization is missing: add it to the provider's definition";
    problems.push(missingEndpoint(provider, "authorization", advice));
  }
  if (redirectUri !== usual || redirectUri === undefined) {
    problems.push(...redirectUriProblems(redirectUri));
  }
  if (responseType === "token" && dpop) {
    problems.push(
      'responseType: "token" cannot be used with dpop: only the token endpoint binds tokens to a key (RFC 9449 §5)',
    );
  }
  if (maxAge !== undefined && !idTokens.supported) {
    problems.push(
      "maxAge needs a provider with issuer and endpoints.jwks: it is checked by the ID token",
    );
  } else if (maxAge !== undefined && !scope.includes("openid")) {
    problems.push("maxAge needs the scope openid: it is checked by the ID token");
  }
  return problems;
}

/** Whether a value can be a `max_age` (OpenID Connect Core §3.1.2.1). */
export function isMaxAge(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
