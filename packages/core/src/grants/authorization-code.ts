import { type CodeCallback, codeFromCallback } from "../authorization/callback.ts";
import type { CallbackInput } from "../authorization/callback-parameters.ts";
import { keptForTokenRequest } from "../endpoints/kept-parameters.ts";
import { refuseMisuse } from "../authorization/misused-arguments.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import type { EndpointParameters } from "../endpoints/endpoint-parameters.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { parseScope } from "../tokens/scopes.ts";
import type { Token } from "../tokens/token.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken, type IdTokenDetails } from "./granted-token.ts";
import { explainSpentCode } from "./spent-code.ts";
import { type GrantedTokens, requestTokens } from "./token-endpoint.ts";

/** Options of a code exchange. */
export type CodeExchangeOptions = Omit<GrantOptions, "scope">;

/** Seconds since the `iat` of an ID token, unless `clockTolerance` is more: it was issued for this response. */
const ISSUED_WITHIN = 300;

/** Ends a sign-in: checks the callback, exchanges its code for tokens (RFC 6749 §4.1.3), and verifies the ID token. */
export async function exchangeCode(
  context: ClientContext,
  callback: CallbackInput,
  given: AuthorizationRequest,
  options: CodeExchangeOptions,
): Promise<Token> {
  refuseMisuse(context.provider.name, "fetchToken()", callback, given);
  const request = ownOptions(given);
  const parameters = grantParameters(context, "fetchToken()", options);
  const checked = await codeFromCallback(context, callback, request);
  const { redirectUri, codeVerifier, scope } = request;
  return await redeemCode(context, {
    ...checked,
    redirectUri,
    codeVerifier: context.provider.pkce === false ? undefined : codeVerifier,
    parameters,
    idToken: { request, requestedScope: scope, signal: options.signal },
  });
}

/** A code, and what its exchange needs. */
interface CodeToRedeem extends CodeCallback {
  readonly redirectUri: string;
  /** Undefined for a code without PKCE. */
  readonly codeVerifier: string | undefined;
  /** Further form fields. */
  readonly parameters: EndpointParameters;
  /** How the ID token is verified; with the requested scope, and the signal of the whole exchange. */
  readonly idToken: Pick<
    IdTokenDetails,
    "request" | "requestedScope" | "requiredBecause" | "signal"
  >;
}

/** Exchanges a code for tokens (RFC 6749 §4.1.3), and verifies the ID token. */
export async function redeemCode(
  context: ClientContext,
  { code, issuer, kept, redirectUri, codeVerifier, parameters, idToken: given }: CodeToRedeem,
): Promise<Token> {
  const { provider, clockTolerance } = context;
  const idToken = ownFields(given);
  const granted = await requestTokens(context, {
    grant: "authorization_code",
    parameters: {
      ...keptForTokenRequest(provider, kept),
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      ...parameters,
    },
    secrets: [code, codeVerifier],
    signal: idToken.signal,
  }).catch(explainSpentCode);
  const issuedWithin = Math.max(ISSUED_WITHIN, clockTolerance);
  const details = { ...idToken, code, issuer, issuedWithin };
  const claims = await grantedClaims(context, granted, details).catch(explainSpentCode);
  // After the ID token: nothing in a callback makes one unnecessary.
  const { requestedScope = [] } = idToken;
  return grantedToken(context, withKept(granted, kept, { provider, requestedScope }), {
    requestedScope: idToken.requestedScope,
    claims,
  });
}

/** Adds what was kept of the callback to a token response, whose own fields take precedence. */
function withKept(
  { fields, receivedAt }: GrantedTokens,
  ofCallback: CodeCallback["kept"],
  request: ScopeRequest,
): GrantedTokens {
  const { scope, ...kept } = ownFields(ofCallback);
  const granted = fields.scope ?? (scope === undefined ? scope : leftOver(scope, request));
  return { fields: { ...fields, scope: granted, raw: { ...kept, ...fields.raw } }, receivedAt };
}

/** What was requested of a provider. */
interface ScopeRequest {
  readonly provider: Provider;
  readonly requestedScope: readonly string[];
}

/** Reads the scope of a callback: the user can change it, so nothing in it was granted that was not requested. */
function leftOver(scope: string, { provider, requestedScope }: ScopeRequest): readonly string[] {
  const { grantedScopeDelimiter, scopeAliases = {} } = provider;
  const aliases = new Map(Object.entries(scopeAliases));
  const requested = new Set(requestedScope.flatMap((each) => [each, aliases.get(each)]));
  return parseScope(scope, grantedScopeDelimiter).filter((each) => requested.has(each));
}
