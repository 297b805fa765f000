import { codeFromCallback, type CallbackInput } from "../authorization/callback.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { tokenFromResponse } from "../tokens/token-response.ts";
import { Token } from "../tokens/token.ts";
import { type GrantedTokens, requestTokens } from "./token-endpoint.ts";

/** How far an ID token that was made for this answer may be dated from now, in seconds. */
const ISSUED_WITHIN = 300;

/** Exchanges the code of a checked callback for tokens (RFC 6749 §4.1.3), and verifies the ID token. */
export async function exchangeCode(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
): Promise<Token> {
  const code = await codeFromCallback(context, callback, request);
  const granted = await requestTokens(context, {
    grant: "authorization_code",
    parameters: { code, redirect_uri: request.redirectUri, code_verifier: request.codeVerifier },
    secrets: [code, request.codeVerifier],
  }).catch((error: unknown) => {
    throw spent(error);
  });
  const { fields, receivedAt, serverTime } = granted;
  requireIdToken(context, request, granted);
  const claims =
    fields.idToken !== undefined && context.idTokens.supported
      ? await context.idTokens.verify(fields.idToken, {
          accessToken: fields.accessToken,
          issuedWithin: ISSUED_WITHIN,
          ...(request.nonce !== undefined && { nonce: request.nonce }),
          serverTime,
        })
      : undefined;
  return Token.from(
    tokenFromResponse(fields, {
      now: receivedAt,
      requestedScope: request.scope,
      scopeAliases: context.provider.scopeAliases,
      claims,
    }),
  );
}

/** After a network failure nobody knows whether the provider has seen the code, and a code works once. */
function spent(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  if (!["NETWORK_ERROR", "TIMEOUT", "RESPONSE_TOO_LARGE"].includes(error.code)) return error;
  return new OAuthError(
    error.code,
    `${error.message} It is ambiguous whether the code was used up, so it was not sent again: let the user sign in again.`,
    {
      ...(error.provider !== undefined && { provider: error.provider }),
      ...(error.details && { details: error.details }),
      retryable: false,
    },
  );
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
