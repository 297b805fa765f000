import { codeFromCallback } from "../authorization/callback.ts";
import type { CallbackInput } from "../authorization/callback-parameters.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";
import { explainSpentCode } from "./spent-code.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { type GrantedTokens, requestTokens } from "./token-endpoint.ts";

/** What the exchange of a code can be given. */
export type CodeExchangeOptions = Omit<GrantOptions, "scope">;

/** How far an ID token that was made for this answer may be dated from now, in seconds. */
const ISSUED_WITHIN = 300;

/** Exchanges the code of a checked callback for tokens (RFC 6749 §4.1.3), and verifies the ID token. */
export async function exchangeCode(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
  options: CodeExchangeOptions,
): Promise<Token> {
  const shared = grantParameters(context, "fetchToken()", options);
  const code = await codeFromCallback(context, callback, request);
  const { redirectUri, codeVerifier } = request;
  const granted = await requestTokens(context, {
    grant: "authorization_code",
    parameters: { code, redirect_uri: redirectUri, code_verifier: codeVerifier, ...shared },
    secrets: [code, codeVerifier],
    signal: options.signal,
  }).catch((error: unknown) => {
    throw explainSpentCode(error);
  });
  requireIdToken(context, request, granted);
  const claims = await grantedClaims(context, granted, {
    request,
    issuedWithin: ISSUED_WITHIN,
  }).catch((error: unknown) => {
    throw explainSpentCode(error);
  });
  return grantedToken(context, granted, { requestedScope: request.scope, claims });
}

function requireIdToken(
  { provider }: ClientContext,
  request: AuthorizationRequest,
  { fields }: GrantedTokens,
): void {
  const granted = fields.scope ?? request.scope;
  if (request.nonce === undefined || fields.idToken !== undefined) return;
  if (!granted.includes("openid")) return;
  throw new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    `The token response of ${provider.name} cannot be used: id_token is missing though openid was granted.`,
    { provider: provider.name, details: { field: "id_token" } },
  );
}
