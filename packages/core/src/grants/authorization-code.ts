import { codeFromCallback } from "../authorization/callback.ts";
import type { CallbackInput } from "../authorization/callback-parameters.ts";
import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { IdTokenClaims } from "../oidc/claims.ts";
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
  const { fields, receivedAt } = granted;
  requireIdToken(context, request, granted);
  const claims = await verifiedClaims(context, request, granted).catch((error: unknown) => {
    throw spent(error);
  });
  return Token.from(
    tokenFromResponse(fields, {
      now: receivedAt,
      requestedScope: request.scope,
      scopeAliases: context.provider.scopeAliases,
      claims,
    }),
  );
}

async function verifiedClaims(
  { idTokens }: ClientContext,
  request: AuthorizationRequest,
  { fields, serverTime }: GrantedTokens,
): Promise<IdTokenClaims | undefined> {
  if (fields.idToken === undefined || !idTokens.supported) return undefined;
  return idTokens.verify(fields.idToken, {
    accessToken: fields.accessToken,
    issuedWithin: ISSUED_WITHIN,
    ...(request.nonce !== undefined && { nonce: request.nonce }),
    serverTime,
  });
}

/** Where an error leaves the code in doubt or spent: a code works once, so trying again means signing in again. */
const SPENT: Partial<Record<OAuthError["code"], string>> = {
  KEY_SET_UNAVAILABLE: "The code has been used up meanwhile",
  NETWORK_ERROR: "It is ambiguous whether the code was used up",
  RESPONSE_TOO_LARGE: "It is ambiguous whether the code was used up",
  TIMEOUT: "It is ambiguous whether the code was used up",
};

/** The network's words for "nobody was reached": nothing was sent, and the code is as good as before. */
const NOT_SENT = new Set<unknown>([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
]);

function spent(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  const doubt = SPENT[error.code];
  if (doubt === undefined || NOT_SENT.has(error.details?.["networkCode"])) return error;
  return new OAuthError(
    error.code,
    `${error.message} ${doubt}, so it was not sent again: let the user sign in again.`,
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
