/**
 * OAuth 2.0 and OpenID Connect for TypeScript: providers, clients, tokens and sessions.
 *
 * @packageDocumentation
 */
export { OAuth2Client } from "./client.ts";
export type { OAuth2ClientOptions } from "./client-options.ts";
export type { CallbackInput } from "./authorization/callback-parameters.ts";
export type { AuthorizationRequest, AuthorizationRequestOptions } from "./authorization/request.ts";
export type { RefreshOptions } from "./grants/refresh-token.ts";

export { defineProvider } from "./provider.ts";
export type {
  ApiReader,
  ClientAuthentication,
  EndpointOverrides,
  Provider,
  ProviderApi,
  ProviderDefinition,
  ProviderEndpoints,
} from "./provider.ts";
export type {
  AuthorizationRequestHookValue,
  Hook,
  HookContext,
  HookList,
  Hooks,
  ProtectedRequestHookValue,
  TokenRequestHookValue,
  TokenResponseHookValue,
} from "./hooks.ts";
export { openIdProfile } from "./profile.ts";
export type { Profile } from "./profile.ts";

export { Token } from "./tokens/token.ts";
export type { TokenRecord } from "./tokens/token-record.ts";
export type { ScopeChange } from "./tokens/scopes.ts";
export type { IdTokenClaims } from "./oidc/claims.ts";
export type { VerifyIdTokenOptions } from "./oidc/id-token-verifier.ts";

export { OAuth2Session } from "./session/session.ts";
export type { SessionRequestConfig } from "./session/session.ts";
export type { SessionRequestInit } from "./session/authorised-fetch.ts";
export type { RefreshStyle, SessionOptions } from "./session/session-options.ts";
export type { OnTokenUpdate } from "./session/refresh-registry.ts";
export { bearer, placeToken } from "./http/token-placement.ts";
export type { TokenPlacement } from "./http/token-placement.ts";

export { isOAuthError, OAuthError } from "./errors/oauth-error.ts";
export type { OAuthErrorOptions } from "./errors/oauth-error.ts";
export type { OAuthErrorCode } from "./errors/codes.ts";
export { ConfigurationError } from "./errors/configuration-error.ts";
export { TokenExpiredError, TokenUpdated } from "./errors/token-errors.ts";
export type { ProviderErrorBody } from "./errors/provider-error.ts";
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
