import { codeFromCallback } from "../authorization/callback.ts";
import type { CallbackInput } from "../authorization/callback-parameters.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { explainSpentCode } from "./spent-code.ts";
import { requestTokens } from "./token-endpoint.ts";

/** Options of a code exchange. */
export type CodeExchangeOptions = Omit<GrantOptions, "scope">;

/** Seconds since the `iat` of an ID token, unless `clockTolerance` is more: it was issued for this response. */
const ISSUED_WITHIN = 300;

/** Ends a sign-in: checks the callback, exchanges its code for tokens (RFC 6749 §4.1.3), and verifies the ID token. */
export async function exchangeCode(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
  options: CodeExchangeOptions,
): Promise<Token> {
  const shared = grantParameters(context, "fetchToken()", options);
  const { code, issuer } = await codeFromCallback(context, callback, request);
  const { redirectUri, codeVerifier, scope } = request;
  const granted = await requestTokens(context, {
    grant: "authorization_code",
    parameters: { code, redirect_uri: redirectUri, code_verifier: codeVerifier, ...shared },
    secrets: [code, codeVerifier],
    signal: options.signal,
  }).catch(explainSpentCode);
  const details = {
    request,
    code,
    issuer,
    requestedScope: scope,
    issuedWithin: Math.max(ISSUED_WITHIN, context.clockTolerance),
    signal: options.signal,
  };
  const claims = await grantedClaims(context, granted, details).catch(explainSpentCode);
  return grantedToken(context, granted, { requestedScope: scope, claims });
}
