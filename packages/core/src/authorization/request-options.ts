import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { parameterProblems, resourceProblems } from "../endpoints/endpoint-parameters.ts";
import { unknownFields } from "../options/unknown-fields.ts";
import type { Provider } from "../provider.ts";
import { scopeProblems } from "../tokens/scopes.ts";
import { redirectUriProblems } from "./redirect-uri.ts";

/** What any authorization request can be given, whatever the provider. */
export interface AuthorizationRequestOptions<Scope extends string = string> {
  /**
   * What the app asks the user to allow.
   *
   * @defaultValue the provider's `defaultScope`
   */
  readonly scope?: readonly (Scope | (string & {}))[];
  /**
   * Another callback URL than the client's.
   *
   * @defaultValue the client's `redirectUri`
   */
  readonly redirectUri?: string;
  /**
   * What comes back: a code, or by the implicit grant the token itself, in the callback's fragment.
   *
   * @deprecated `"token"`: tokens in URLs leak (RFC 9700 §2.1.2); every provider of today takes a code with PKCE.
   * @defaultValue `"code"`
   */
  readonly responseType?: "code" | "token";
  /**
   * `"form_post"`: the callback comes as a POST of a form instead of a query (OAuth 2.0 Form Post Response Mode), and the
   * session cookie then needs `SameSite=None`.
   *
   * @defaultValue the provider's choice, a query
   */
  readonly responseMode?: "query" | "form_post";
  /**
   * Seconds since the user last signed in at the provider, at most (OpenID Connect Core §3.1.2.1): the provider asks them
   * again when it is longer ago, and the ID token's `auth_time` is checked. It is counted from the request: `0` is a user
   * who signs in anew, however long they take.
   */
  readonly maxAge?: number;
  /** For which API the token is to be: its URI, or several (RFC 8707). */
  readonly resource?: string | readonly string[];
  /** What the app asks for in detail, each entry with a `type` (RFC 9396). */
  readonly authorizationDetails?: readonly {
    readonly type: string;
    readonly [field: string]: unknown;
  }[];
  /**
   * Whether the parameters are pushed to the provider first, so that the user's browser carries no more than a reference
   * to them (PAR, RFC 9126).
   *
   * @defaultValue `false`, or `true` where the provider requires it
   */
  readonly pushed?: boolean;
  /** Further query parameters, by the provider's own names; an array repeats the parameter. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/** What the SDK decides; a parameter of this name would make the request another one than it remembers. */
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

const SHARED_OPTIONS = new Set([
  "scope",
  "redirectUri",
  "parameters",
  "responseType",
  "responseMode",
  "maxAge",
  "resource",
  "authorizationDetails",
  "pushed",
]);

function unknownOptions(provider: Provider, options: object): string[] {
  const { authorizationOptions: own = [] } = provider;
  if (Object.keys(options).every((name) => SHARED_OPTIONS.has(name) || own.includes(name)))
    return [];
  // A provider that reads options and does not name them: nobody knows which are misspelled.
  if ("authorizationParameters" in provider && !provider.authorizationOptions) return [];
  return unknownFields(options, new Set([...SHARED_OPTIONS, ...own]), "");
}

/** @throws ConfigurationError that lists every problem. */
export function checkAuthorizationOptions(
  context: ClientContext,
  options: AuthorizationRequestOptions,
): void {
  const { provider } = context;
  const { scope, redirectUri = context.redirectUri, parameters } = options;
  const problems = unknownOptions(provider, options);
  if (provider.endpoints.authorization === undefined) {
    problems.push("endpoints.authorization is missing: the provider is defined without it");
  }
  if (scope !== undefined) problems.push(...scopeProblems(scope));
  if (redirectUri !== context.redirectUri || redirectUri === undefined) {
    problems.push(...redirectUriProblems(redirectUri));
  }
  if (FORM_OPTIONS.some((name) => options[name] !== undefined)) {
    problems.push(...formProblems(context, options));
  }
  problems.push(...parameterProblems(parameters, RESERVED));
  if (problems.length > 0) {
    throw new ConfigurationError("authorizationRequest()", problems, provider.name);
  }
}

/** Few requests have one of them. */
const FORM_OPTIONS = [
  "responseType",
  "responseMode",
  "maxAge",
  "resource",
  "authorizationDetails",
  "pushed",
] as const;

/** What is wrong with the options that say what the request and its answer look like. */
function formProblems(
  { dpop, idTokens, provider }: ClientContext,
  options: AuthorizationRequestOptions,
): string[] {
  const { responseType, responseMode, resource, authorizationDetails, pushed } = options;
  const problems = [...resourceProblems(resource), ...maxAgeProblems(provider, idTokens, options)];
  if (![undefined, "code", "token"].includes(responseType)) {
    problems.push('responseType must be "code" or "token"');
  }
  if (![undefined, "query", "form_post"].includes(responseMode)) {
    problems.push('responseMode must be "query" or "form_post"');
  }
  if (responseType === "token" && responseMode !== undefined) {
    problems.push('responseMode has no place beside responseType: "token": the fragment it is');
  }
  if (responseType === "token" && dpop) {
    problems.push(
      'responseType: "token" has no place in a client with dpop: only the token endpoint binds tokens to a key (RFC 9449 §5)',
    );
  }
  if (![undefined, true, false].includes(pushed)) problems.push("pushed must be true or false");
  if (authorizationDetails !== undefined && !isDetails(authorizationDetails)) {
    problems.push("authorizationDetails must be a list of objects, each with a type (RFC 9396 §2)");
  }
  return problems;
}

function maxAgeProblems(
  { defaultScope }: Provider,
  { supported }: ClientContext["idTokens"],
  { maxAge, scope = defaultScope }: AuthorizationRequestOptions,
): string[] {
  if (maxAge === undefined) return [];
  if (!supported)
    return [
      "maxAge needs a provider with issuer and endpoints.jwks: it is the ID token that tells",
    ];
  if (![scope].flat().includes("openid")) {
    return ["maxAge needs the scope openid: it is the ID token that tells"];
  }
  return isMaxAge(maxAge) ? [] : ["maxAge must be a whole number of seconds, 0 or more"];
}

/** Whether a value can be a `max_age` (OpenID Connect Core §3.1.2.1). */
export function isMaxAge(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isDetails(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((entry) => typeof (entry as { type?: unknown } | null)?.type === "string")
  );
}
