/**
 * Sign in with Facebook, and call its API.
 *
 * @packageDocumentation
 */
export { FacebookClient } from "./client.ts";
export type { FacebookClientOptions } from "./client.ts";
export { facebook } from "./preset.ts";
export type { FacebookAuthorizationOptions, FacebookOptions } from "./preset.ts";
export type { FacebookScope } from "./scopes.ts";

export {
  bearer,
  ConfigurationError,
  isOAuthError,
  MemoryTokenStore,
  OAuth2Session,
  OAuthError,
  placeToken,
  ScopeChangedError,
  Token,
  TokenExpiredError,
  TokenUpdated,
} from "@grantkit/core";
export type {
  AuthorizationRequest,
  AuthorizationRequestOptions,
  CallbackInput,
  ClientAuthentication,
  Clock,
  CodeExchangeOptions,
  EndpointOverrides,
  Hooks,
  IdTokenClaims,
  OAuth2ClientOptions,
  OAuthErrorCode,
  OnTokenUpdate,
  Profile,
  Provider,
  RefreshOptions,
  RefreshStyle,
  ScopeChange,
  SessionOptions,
  SessionRequestConfig,
  SessionRequestInit,
  TokenPlacement,
  TokenRecord,
  VerifyIdTokenOptions,
  ForeignTokenRecord,
  StoredSessionOptions,
  StoredToken,
} from "@grantkit/core";
