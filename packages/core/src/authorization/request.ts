import type { ClientContext } from "../client-context.ts";
import type { EndpointParameters } from "../endpoints/authenticated-endpoint.ts";
import { sha256 } from "../digest.ts";
import type { AuthorizationRequestHookValue } from "../hooks.ts";
import { parseScope } from "../tokens/scopes.ts";
import { randomToken } from "./random.ts";
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
  const { provider, clientId, clock } = context;
  const { scope = provider.defaultScope, redirectUri = context.redirectUri } = options;
  checkAuthorizationOptions(context, options);
  const secrets = makeSecrets(context, options, scope);
  const { state, nonce, codeVerifier } = secrets;
  const own: EndpointParameters = {
    client_id: clientId,
    response_type: options.responseType ?? "code",
    redirect_uri: redirectUri,
    scope: scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
    state,
    ...(codeVerifier !== "" && (await challengeOf(codeVerifier))),
    nonce,
    dpop_jkt: options.responseType === "token" ? undefined : await context.dpop?.thumbprint(),
    ...furtherParameters(options),
  };
  const parameters: EndpointParameters = provider.authorizationParameters
    ? { ...own, ...provider.authorizationParameters(options), ...protectedParts(own) }
    : own;
  const target = await hooked(context, { ...parameters, ...options.parameters });
  return {
    url: await urlOf(context, target, options, codeVerifier),
    provider: provider.name,
    state,
    ...(nonce !== undefined && { nonce }),
    codeVerifier,
    ...(options.responseType === "token" && { responseType: "token" }),
    redirectUri: target.redirectUri,
    scope: target.hooked
      ? askedFor(target.parameters["scope"], provider.scopeDelimiter)
      : [...scope],
    issuedAt: clock.now(),
  };
}

function makeSecrets(
  { idTokens }: ClientContext,
  { responseType }: AuthorizationRequestOptions,
  scope: readonly string[],
): Pick<AuthorizationRequest, "state" | "codeVerifier"> & { readonly nonce: string | undefined } {
  return {
    state: randomToken(),
    codeVerifier: responseType === "token" ? "" : randomToken(),
    nonce: scope.includes("openid") && idTokens.supported ? randomToken() : undefined,
  };
}

async function challengeOf(codeVerifier: string): Promise<EndpointParameters> {
  const challenge = sha256(codeVerifier);
  return {
    code_challenge: typeof challenge === "string" ? challenge : await challenge,
    code_challenge_method: "S256",
  };
}

/** An authorization request before its URL is made, and whether hooks had a say in it. */
interface Target {
  readonly url: string;
  readonly parameters: EndpointParameters;
  /** As it is sent: some providers have a name of their own for it. */
  readonly redirectUri: string;
  readonly hooked: boolean;
}

async function hooked(
  { hooks, provider }: ClientContext,
  parameters: EndpointParameters,
): Promise<Target> {
  const target = { url: provider.endpoints.authorization as string, parameters };
  const redirectUri = parameters["redirect_uri"] as string;
  if (!hooks.has("authorizationRequest")) return { ...target, redirectUri, hooked: false };
  const changed = await hooks.run<AuthorizationRequestHookValue>(
    "authorizationRequest",
    target as AuthorizationRequestHookValue,
    { provider: provider.name },
  );
  // What the callback is checked against stays what it was.
  const safe: EndpointParameters = { ...changed.parameters, ...protectedParts(parameters) };
  const { redirect_uri: named = redirectUri } = safe;
  const sent = typeof named === "string" ? named : redirectUri;
  return {
    url: changed.url,
    parameters: { ...safe, redirect_uri: sent },
    redirectUri: sent,
    hooked: true,
  };
}

function urlOf(
  context: ClientContext,
  { url, parameters }: Target,
  { pushed = context.provider.pushAuthorizationRequests ?? false }: AuthorizationRequestOptions,
  codeVerifier: string,
): string | Promise<string> {
  if (!pushed) return withQuery(url, parameters);
  return pushedReference(context, parameters, codeVerifier).then((reference) =>
    withQuery(url, reference),
  );
}

/** The parameters of the standards that few requests need. */
function furtherParameters(options: AuthorizationRequestOptions): EndpointParameters | undefined {
  const { responseMode, resource, authorizationDetails: details } = options;
  if (responseMode === undefined && resource === undefined && details === undefined) {
    return undefined;
  }
  return {
    response_mode: responseMode,
    resource,
    authorization_details: details && JSON.stringify(details),
  };
}

async function pushedReference(
  context: ClientContext,
  parameters: EndpointParameters,
  codeVerifier: string,
): Promise<EndpointParameters> {
  const { pushParameters } = await import("../endpoints/pushed-authorization.ts");
  return {
    client_id: context.clientId,
    request_uri: await pushParameters(context, parameters, [codeVerifier]),
  };
}

/** What is asked for in the end: a hook may have had a say. */
function askedFor(scope: string | readonly string[] | undefined, delimiter: string): string[] {
  return [scope ?? ""].flat().flatMap((part) => parseScope(part, delimiter));
}

function protectedParts(parameters: EndpointParameters): EndpointParameters {
  const names = ["state", "code_challenge", "code_challenge_method", "nonce"];
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
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
  return UNRESERVED.test(text) ? text : encodeURIComponent(text);
}
