/**
 * Sign in with GitHub, and call its API.
 *
 * @packageDocumentation
 */
export { GitHubClient } from "./client.ts";
export type { GitHubClientOptions } from "./client.ts";
export { github } from "./preset.ts";
export type { GitHubAuthorizationOptions, GitHubOptions } from "./preset.ts";
export type { GitHubScope } from "./scopes.ts";

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
  VerifyIdTokenOptions,
  ForeignTokenRecord,
  StoredSessionOptions,
  StoredToken,
} from "@grantkit/core";
