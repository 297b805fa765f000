import type { ClientContext } from "../client-context.ts";
import type { EndpointParameters } from "../endpoints/endpoint-parameters.ts";
import { sha256 } from "../crypto/digest.ts";
import type { AuthorizationRequestHookValue } from "../hooks.ts";
import { parseScope } from "../tokens/scopes.ts";
import { wellFormed } from "../options/well-formed.ts";
import { randomToken } from "../crypto/random.ts";
import { type AuthorizationRequestOptions, checkAuthorizationOptions } from "./request-options.ts";

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
  /** The secret half of PKCE (RFC 7636); empty when the token itself is asked for, which has none. */
  readonly codeVerifier: string;
  /** There when the token itself is asked for. */
  readonly responseType?: "token";
  /** Seconds since the user last signed in, at most, where that was asked for. */
  readonly maxAge?: number;
  /** The redirect URI as it was sent. */
  readonly redirectUri: string;
  /** What was asked for. */
  readonly scope: readonly string[];
  /** When the request was made, in milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** Makes an authorization request: state, PKCE S256 and, for OpenID Connect, nonce are always in. */
export async function buildAuthorizationRequest(
  context: ClientContext,
  options: AuthorizationRequestOptions & object,
): Promise<AuthorizationRequest> {
  const { provider, hooks, clock } = context;
  checkAuthorizationOptions(context, options);
  const { scope = provider.defaultScope } = options;
  const { codeVerifier, ...made } = makeSecrets(context, options, scope);
  let secrets = made;
  const challenge = challengeOf(codeVerifier);
  const fixed = { ...secrets, ...(challenge instanceof Promise ? await challenge : challenge) };
  let target = targetOf(context, options, scope, fixed);
  if (context.dpop) target.parameters["dpop_jkt"] = await context.dpop.thumbprint();
  if (hooks.has("authorizationRequest")) {
    target = await hooked(context, target, fixed);
    // A hook may be who asks for openid.
    if (secrets.nonce === undefined && needsNonce(context, target.scope)) {
      secrets = { ...secrets, nonce: (target.parameters["nonce"] = randomToken()) };
    }
  }
  const url = urlOf(context, target, options);
  return {
    url: typeof url === "string" ? url : await url,
    provider: provider.name,
    ...secrets,
    codeVerifier,
    ...(options.responseType === "token" && { responseType: "token" }),
    ...(options.maxAge !== undefined && { maxAge: options.maxAge }),
    redirectUri: target.redirectUri,
    scope: target.scope,
    issuedAt: clock.now(),
  };
}

/** An authorization request before its URL is made. */
interface Target {
  readonly url: string;
  readonly parameters: Record<string, string | readonly string[] | undefined>;
  /** As it is sent: some providers have a name of their own for it. */
  readonly redirectUri: string;
  /** What is asked for in the end. */
  readonly scope: readonly string[];
}

function targetOf(
  { provider, clientId, redirectUri: usual }: ClientContext,
  options: AuthorizationRequestOptions & object,
  scope: readonly string[],
  fixed: EndpointParameters,
): Target {
  const redirectUri = (options.redirectUri ?? usual) as string;
  return {
    url: provider.endpoints.authorization as string,
    redirectUri,
    scope: [...scope],
    parameters: {
      client_id: clientId,
      response_type: options.responseType ?? "code",
      redirect_uri: redirectUri,
      scope: scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
      ...fixed,
      ...furtherParameters(options),
      ...provider.authorizationParameters?.(options),
      ...options.parameters,
      // What the callback is checked against is nobody else's to decide.
      ...fixed,
    },
  };
}

/** PKCE's half that may be seen (RFC 7636 §4.2); a promise where there is no node:crypto. */
function challengeOf(
  codeVerifier: string,
): EndpointParameters | Promise<EndpointParameters> | undefined {
  if (codeVerifier === "") return undefined;
  const challenge = sha256(codeVerifier);
  return typeof challenge === "string"
    ? challengeFields(challenge)
    : challenge.then(challengeFields);
}

function challengeFields(challenge: string): EndpointParameters {
  return { code_challenge: challenge, code_challenge_method: "S256" };
}

function makeSecrets(
  context: ClientContext,
  { responseType }: AuthorizationRequestOptions,
  scope: readonly string[],
): Pick<AuthorizationRequest, "state" | "nonce" | "codeVerifier"> {
  return {
    state: randomToken(),
    codeVerifier: responseType === "token" ? "" : randomToken(),
    ...(needsNonce(context, scope) && { nonce: randomToken() }),
  };
}

function needsNonce({ idTokens }: ClientContext, scope: readonly string[]): boolean {
  return scope.includes("openid") && idTokens.supported;
}

async function hooked(
  { hooks, provider }: ClientContext,
  { url, parameters, redirectUri }: Target,
  fixed: EndpointParameters,
): Promise<Target> {
  const changed = await hooks.run<AuthorizationRequestHookValue>(
    "authorizationRequest",
    { url, parameters } as AuthorizationRequestHookValue,
    { provider: provider.name },
  );
  const safe: EndpointParameters = { ...changed.parameters, ...fixed };
  const { redirect_uri: named = redirectUri } = safe;
  const sent = typeof named === "string" ? named : redirectUri;
  return {
    url: changed.url,
    parameters: { ...safe, redirect_uri: sent },
    redirectUri: sent,
    scope: askedFor(safe["scope"], provider.scopeDelimiter),
  };
}

function urlOf(
  context: ClientContext,
  { url, parameters }: Target,
  { pushed = context.provider.pushAuthorizationRequests ?? false }: AuthorizationRequestOptions,
): string | Promise<string> {
  if (!pushed) return withQuery(url, parameters);
  return pushedReference(context, parameters).then((reference) => withQuery(url, reference));
}

/** The parameters of the standards that few requests need. */
function furtherParameters(options: AuthorizationRequestOptions): EndpointParameters | undefined {
  const { responseMode, maxAge, resource, authorizationDetails: details } = options;
  if ([responseMode, maxAge, resource, details].every((option) => option === undefined)) {
    return undefined;
  }
  return {
    max_age: maxAge?.toString(),
    response_mode: responseMode,
    resource,
    authorization_details: details && JSON.stringify(details),
  };
}

async function pushedReference(
  context: ClientContext,
  parameters: EndpointParameters,
): Promise<EndpointParameters> {
  const { pushParameters } = await import("../endpoints/pushed-authorization.ts");
  const secrets = [parameters["state"], parameters["nonce"]].flat();
  return {
    client_id: context.clientId,
    request_uri: await pushParameters(context, parameters, secrets),
  };
}

/** What is asked for in the end: a hook may have had a say. */
function askedFor(scope: string | readonly string[] | undefined, delimiter: string): string[] {
  return [scope ?? ""].flat().flatMap((part) => parseScope(part, delimiter));
}

function withQuery(url: string, parameters: EndpointParameters): string {
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
  return UNRESERVED.test(text) ? text : encodeURIComponent(wellFormed(text));
}
