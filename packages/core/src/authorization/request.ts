import type { ClientContext } from "../client-context.ts";
import { redirectUriProblems } from "../client-options.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { AuthorizationRequestHookValue } from "../hooks.ts";
import { unknownFields } from "../provider-problems.ts";
import type { Provider } from "../provider.ts";
import { parseScope, scopeProblems } from "../tokens/scopes.ts";
import { codeChallenge, randomToken } from "./random.ts";

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
  /** Further query parameters, by the provider's own names; an array repeats the parameter. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * A sign-in that has begun. Plain JSON: keep it in the user's own session, use it for one callback, and
 * delete it before that callback is worked on. It is valid for ten minutes.
 */
export interface AuthorizationRequest {
  /** Where to send the user. */
  readonly url: string;
  /** The provider's name, so that a callback for another provider is refused. */
  readonly provider: string;
  /** Ties the callback to this request (RFC 6749 §10.12). */
  readonly state: string;
  /** Ties the ID token to this request; there when `openid` is asked for. */
  readonly nonce?: string;
  /** The secret half of PKCE (RFC 7636). */
  readonly codeVerifier: string;
  /** The redirect URI as it was sent. */
  readonly redirectUri: string;
  /** What was asked for. */
  readonly scope: readonly string[];
  /** When the request was made, in milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** What the SDK decides; a parameter of this name would make the request another one than it remembers. */
const RESERVED = new Set([
  "client_id",
  "code_challenge",
  "code_challenge_method",
  "nonce",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
]);

/** Makes an authorization request: state, PKCE S256 and, for OpenID Connect, nonce are always in. */
export async function buildAuthorizationRequest(
  context: ClientContext,
  options: AuthorizationRequestOptions & object,
): Promise<AuthorizationRequest> {
  const { provider, clientId, clock, hooks, idTokens } = context;
  const { scope = provider.defaultScope, redirectUri = context.redirectUri } = options;
  checkOptions(context, options);
  const state = randomToken();
  const codeVerifier = randomToken();
  const nonce = scope.includes("openid") && idTokens.supported ? randomToken() : undefined;
  const challenge = codeChallenge(codeVerifier);
  const parameters: Record<string, string | readonly string[] | undefined> = {
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
    state,
    code_challenge: typeof challenge === "string" ? challenge : await challenge,
    code_challenge_method: "S256",
    nonce,
    ...provider.authorizationParameters?.(options),
    ...options.parameters,
  };
  let target = { url: provider.endpoints.authorization, parameters };
  let sentRedirectUri = redirectUri;
  const hooked = hooks.has("authorizationRequest");
  if (hooked) {
    target = await hooks.run<AuthorizationRequestHookValue>(
      "authorizationRequest",
      target as AuthorizationRequestHookValue,
      { provider: provider.name },
    );
    // What the callback is checked against stays what it was.
    target = { ...target, parameters: { ...target.parameters, ...protectedParts(parameters) } };
    const { redirect_uri: named } = target.parameters;
    if (typeof named === "string") sentRedirectUri = named;
    else target.parameters["redirect_uri"] = redirectUri;
  }
  return {
    url: withQuery(target.url, target.parameters),
    provider: provider.name,
    state,
    ...(nonce !== undefined && { nonce }),
    codeVerifier,
    redirectUri: sentRedirectUri,
    scope: hooked ? askedFor(target.parameters["scope"], provider.scopeDelimiter) : [...scope],
    issuedAt: clock.now(),
  };
}

const SHARED_OPTIONS = ["scope", "redirectUri", "parameters"];

function unknownOptions(provider: Provider, options: object): string[] {
  if (Object.keys(options).length === 0) return [];
  // A provider that reads options and does not name them: nobody knows which are misspelt.
  if ("authorizationParameters" in provider && !provider.authorizationOptions) return [];
  const known = new Set([...SHARED_OPTIONS, ...(provider.authorizationOptions ?? [])]);
  return unknownFields(options, known, "");
}

/** What is asked for in the end: a hook may have had a say. */
function askedFor(scope: string | readonly string[] | undefined, delimiter: string): string[] {
  return [scope ?? ""].flat().flatMap((part) => parseScope(part, delimiter));
}

function checkOptions(context: ClientContext, options: AuthorizationRequestOptions): void {
  const { scope, redirectUri, parameters } = options;
  const problems = unknownOptions(context.provider, options);
  if (scope !== undefined) problems.push(...scopeProblems(scope));
  if (redirectUri !== undefined) problems.push(...redirectUriProblems(redirectUri));
  for (const name of Object.keys(parameters ?? {})) {
    if (RESERVED.has(name)) problems.push(`parameters.${name} is set by the client itself`);
  }
  if (problems.length > 0) {
    throw new ConfigurationError("authorizationRequest()", problems, context.provider.name);
  }
}

function protectedParts(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string | readonly string[] | undefined> {
  const names = ["state", "code_challenge", "code_challenge_method", "nonce"];
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
}

function withQuery(
  url: string,
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  let result = url;
  let separator = url.includes("?") ? "&" : "?";
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const part of typeof value === "string" ? [value] : value) {
      result += `${separator}${encoded(name)}=${encoded(part)}`;
      separator = "&";
    }
  }
  return result;
}

/** Most parts are names and random tokens, with nothing in them to encode. */
const UNRESERVED = /^[\w.~-]*$/;

function encoded(text: string): string {
  return UNRESERVED.test(text) ? text : encodeURIComponent(text);
}
