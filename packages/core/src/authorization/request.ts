import type { ClientContext } from "../client-context.ts";
import { randomToken } from "../crypto/random.ts";
import { type EndpointParameters, withoutParameters } from "../endpoints/endpoint-parameters.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import type { AuthorizationRequestHookValue } from "../hooks.ts";
import { issuerText } from "../oidc/issuer.ts";
import { withProviderNames } from "../oidc/client-parameters.ts";
import { definedFields, ownFields } from "../options/own-fields.ts";
import { wellFormed } from "../options/well-formed.ts";
import { parseScope } from "../tokens/scopes.ts";
import { challengeOf, challengeParameters, refuseChangedParameters } from "./pkce.ts";
import { type AuthorizationRequestOptions, checkAuthorizationOptions } from "./request-options.ts";

/**
 * A started sign-in, as plain JSON. Keep it in the user's own session, use it for one callback, and delete it before you
 * handle that callback. It is valid for ten minutes.
 */
export interface AuthorizationRequest {
  /** The URL to send the user to. */
  readonly url: string;
  /** The provider's name: a callback for another provider is refused. */
  readonly provider: string;
  /** The provider's issuer or its template, where its definition has one: names can be equal, issuers cannot (RFC 9700 §4.4). */
  readonly issuer?: string;
  /** Ties the callback to this request (RFC 6749 §10.12). */
  readonly state: string;
  /**
   * Ties the ID token to this request (OpenID Connect Core §3.1.2.1); present when the scope has `openid`, unless the
   * provider's definition has `idToken: { nonce: false }`.
   */
  readonly nonce?: string;
  /**
   * The secret half of PKCE (RFC 7636 §4.1); empty without PKCE: for the implicit grant, and for a provider whose definition
   * has `pkce: false`.
   */
  readonly codeVerifier: string;
  /** Present for the implicit grant. */
  readonly responseType?: "token";
  /** The requested `maxAge`, in seconds. */
  readonly maxAge?: number;
  /** The redirect URI that was sent. */
  readonly redirectUri: string;
  /** The requested scopes. */
  readonly scope: readonly string[];
  /** When the request was made, in milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** Builds an authorization request with state, PKCE and, for OpenID Connect, a nonce. */
export async function buildAuthorizationRequest(
  context: ClientContext,
  options: AuthorizationRequestOptions & object,
): Promise<AuthorizationRequest> {
  const { provider, clock, dpop, idTokens } = context;
  checkAuthorizationOptions(context, options);
  const { scope = provider.defaultScope, responseType, maxAge } = options;
  const needsNonce = (names: readonly string[]) => idTokens.needsNonce(names, responseType);
  const state = randomToken();
  const pkce = responseType === "token" ? false : provider.pkce;
  const codeVerifier = pkce === false ? "" : randomToken();
  let nonce = needsNonce(scope) ? randomToken() : undefined;
  const target = await targetOf(context, options, scope, {
    state,
    ...(nonce !== undefined && { nonce }),
    ...challengeParameters(pkce, await challengeOf(pkce, codeVerifier)),
    ...(dpop && { dpop_jkt: await dpop.thumbprint() }),
  });
  throwProblems("authorizationRequest()", idTokens.scopeProblems(target.scope), provider.name);
  // A hook may have added openid.
  if (nonce === undefined && needsNonce(target.scope)) {
    nonce = target.parameters["nonce"] = randomToken();
  }
  return {
    url: await urlOf(context, target, options),
    provider: provider.name,
    ...issuerOf(context),
    state,
    ...(nonce !== undefined && { nonce }),
    codeVerifier,
    ...(responseType === "token" && { responseType }),
    ...(maxAge !== undefined && { maxAge }),
    redirectUri: target.redirectUri,
    scope: target.scope,
    issuedAt: clock.now(),
  };
}

function issuerOf({ provider: { issuer } }: ClientContext): Pick<AuthorizationRequest, "issuer"> {
  return issuer === undefined ? {} : { issuer: issuerText(issuer) as string };
}

/** An authorization request before its URL is built. */
interface Target {
  readonly url: string;
  readonly parameters: Record<string, string | readonly string[] | undefined>;
  readonly redirectUri: string;
  readonly scope: readonly string[];
}

/** Parameters that the callback is checked against, and those that tie its code and its tokens to this client. */
const GUARDED = ["state", "nonce", "code_challenge", "code_challenge_method", "dpop_jkt"];

/** @param fixed - The parameters that the callback is checked against: nobody else decides them. */
async function targetOf(
  { provider, clientId, redirectUri: usual, hooks }: ClientContext,
  options: AuthorizationRequestOptions & object,
  scope: readonly string[],
  fixed: EndpointParameters,
): Promise<Target> {
  const { authorizationDetails: details } = options;
  const redirectUri = (options.redirectUri ?? usual) as string;
  const endpoint = provider.endpoints.authorization as string;
  const [url = "", fragment] = endpoint.split("#", 2);
  const parameters = {
    client_id: clientId,
    response_type: options.responseType ?? "code",
    redirect_uri: redirectUri,
    scope: scope.length > 0 ? scope.join(provider.scopeDelimiter) : undefined,
    ...fixed,
    max_age: options.maxAge?.toString(),
    response_mode: options.responseMode,
    resource: options.resource,
    authorization_details: details && JSON.stringify(details),
    ...provider.authorizationParameters?.(options),
    ...options.parameters,
    ...fixed,
  };
  if (!hooks.has("authorizationRequest")) {
    return { url: endpoint, parameters, redirectUri, scope: [...scope] };
  }
  const changed = await hooks.run<AuthorizationRequestHookValue>(
    "authorizationRequest",
    { url, parameters: definedFields(parameters) },
    { provider: provider.name },
  );
  refuseChangedParameters(
    provider.name,
    "The authorizationRequest hook",
    GUARDED,
    parameters,
    changed.parameters,
  );
  const { redirect_uri: named, scope: asked = "" } = ownFields(changed.parameters);
  const sent = typeof named === "string" ? named : redirectUri;
  return {
    url: withFragment(changed.url, fragment),
    parameters: { ...changed.parameters, ...fixed, redirect_uri: sent },
    redirectUri: sent,
    scope: [asked].flat().flatMap((part) => parseScope(part, provider.scopeDelimiter)),
  };
}

/** Writes the parameters into the URL, or pushes them (RFC 9126 §2) and writes the reference to them (§4). */
async function urlOf(
  context: ClientContext,
  { url, parameters }: Target,
  { pushed = context.provider.pushAuthorizationRequests ?? false }: AuthorizationRequestOptions,
): Promise<string> {
  const { clientParameters } = context.provider;
  const named = withProviderNames(clientParameters, parameters);
  if (!pushed) return withQuery(url, named);
  const { askEndpoint } = await import("../endpoints/authenticated-endpoint.ts");
  // With the method "plain" the challenge is the verifier.
  const names = ["state", "nonce", "code_challenge"];
  const secrets = names.flatMap((name) => parameters[name]);
  const reference = await askEndpoint(
    context,
    { kind: "pushedAuthorization", parameters, secrets, successes: [200, 201], repeatable: true },
    ({ body: { request_uri: uri }, unusable }) => {
      if (typeof uri === "string" && /^[\x21-\x7e]{1,2048}$/.test(uri)) return uri;
      throw unusable("request_uri", "is missing or not a URI");
    },
  );
  const written = { client_id: context.clientId, request_uri: reference };
  return withQuery(url, withProviderNames(clientParameters, written), { ...named, ...written });
}

/** Adds a fragment to a URL that has none. */
function withFragment(url: string, fragment: string | undefined): string {
  return fragment === undefined || url.includes("#") ? url : `${url}#${fragment}`;
}

/** Writes parameters into a URL, before its fragment. They replace those of its own query: each is there once (RFC 6749 §3.1). */
function withQuery(url: string, parameters: EndpointParameters, pushed = parameters): string {
  const [address = "", fragment] = url.split("#", 2);
  let result = withoutParameters(address, pushed);
  let separator = result.includes("?") ? "&" : "?";
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const part of typeof value === "string" ? [value] : value) {
      result += `${separator}${encoded(name)}=${encoded(part)}`;
      separator = "&";
    }
  }
  return withFragment(result, fragment);
}

/** Most parts are names and random tokens, with nothing in them to encode. */
const UNRESERVED = /^[\w.~-]*$/;

function encoded(text: string): string {
  return UNRESERVED.test(text) ? text : encodeURIComponent(wellFormed(text));
}
