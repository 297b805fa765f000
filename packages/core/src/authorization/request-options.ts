import type { ClientContext } from "../client-context.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { mustBeResource, parameterProblems } from "../endpoints/endpoint-parameters.ts";
import {
  anything,
  must,
  mustBeFlag,
  mustBeOneOf,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import type { Provider } from "../provider.ts";
import { mustBeScope } from "../tokens/scopes.ts";
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

const responseMode = mustBeOneOf("query", "form_post");

const RULES: OptionRules<AuthorizationRequestOptions> = {
  scope: mustBeScope,
  // The client's own takes its place, and is checked with it below.
  redirectUri: anything,
  responseType: mustBeOneOf("code", "token"),
  responseMode: (value, name, options) =>
    value !== undefined && options["responseType"] === "token"
      ? ['responseMode has no place beside responseType: "token": the fragment it is']
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

/** @throws ConfigurationError that lists every problem. */
export function checkAuthorizationOptions(
  context: ClientContext,
  options: AuthorizationRequestOptions,
): void {
  const { provider } = context;
  const problems = optionProblems(options, rulesFor(provider, options));
  throwProblems(
    "authorizationRequest()",
    [...problems, ...contextProblems(context, options)],
    provider.name,
  );
}

/** The rules, and one for each option of the provider's own. */
function rulesFor(provider: Provider, options: object): OptionRules {
  // A provider that reads options and does not name them: nobody knows which are misspelled.
  const unnamed = "authorizationParameters" in provider ? Object.keys(options) : [];
  const own = provider.authorizationOptions ?? unnamed;
  if (own.length === 0) return RULES;
  return { ...Object.fromEntries(own.map((name) => [name, anything])), ...RULES };
}

/** Lists what is wrong with the options for this client and its provider. */
function contextProblems(
  { dpop, idTokens, provider, redirectUri: usual }: ClientContext,
  {
    redirectUri = usual,
    responseType,
    maxAge,
    scope = provider.defaultScope,
  }: AuthorizationRequestOptions,
): string[] {
  const problems: string[] = [];
  if (provider.endpoints.authorization === undefined) {
    problems.push("endpoints.authorization is missing: the provider is defined without it");
  }
  if (redirectUri !== usual || redirectUri === undefined) {
    problems.push(...redirectUriProblems(redirectUri));
  }
  if (responseType === "token" && dpop) {
    problems.push(
      'responseType: "token" has no place in a client with dpop: only the token endpoint binds tokens to a key (RFC 9449 §5)',
    );
  }
  if (maxAge !== undefined && !idTokens.supported) {
    problems.push(
      "maxAge needs a provider with issuer and endpoints.jwks: it is the ID token that tells",
    );
  } else if (maxAge !== undefined && !scope.includes("openid")) {
    problems.push("maxAge needs the scope openid: it is the ID token that tells");
  }
  return problems;
}

/** Whether a value can be a `max_age` (OpenID Connect Core §3.1.2.1). */
export function isMaxAge(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
