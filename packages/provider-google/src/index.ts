/**
 * Sign in with Google, and call its API.
 *
 * @packageDocumentation
 */
export { GoogleClient } from "./client.ts";
export type { GoogleClientOptions } from "./client.ts";
export { google } from "./preset.ts";
export type { GoogleAuthorizationOptions, GoogleOptions } from "./preset.ts";
export type { GoogleScope } from "./scopes.ts";
export { GoogleServiceAccount } from "./service-account.ts";
export type {
  GoogleServiceAccountOptions,
  ServiceAccountKeyFile,
  ServiceAccountSessionOptions,
  ServiceAccountTokenOptions,
} from "./service-account.ts";
export { isFromHostedDomain } from "./hosted-domain.ts";

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
  DeviceAuthorization,
  DevicePending,
  DeviceTokenOptions,
  EndpointOverrides,
  GrantOptions,
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
  TokenTypeHint,
  VerifyIdTokenOptions,
  ForeignTokenRecord,
  StoredSessionOptions,
  StoredToken,
} from "@grantkit/core";
