/**
 * OAuth 2.0 and OpenID Connect for TypeScript: providers, clients, tokens and sessions.
 *
 * @packageDocumentation
 */
export { OAuth2Client } from "./client.ts";
export type { OAuth2ClientOptions } from "./client-options.ts";
export type { NodeRequest } from "./authorization/callback-form.ts";
export type { CallbackInput } from "./authorization/callback-parameters.ts";
export type { CodeBegunElsewhereOptions } from "./grants/code-begun-elsewhere.ts";
export type { CallbackParameter } from "./endpoints/kept-parameters.ts";
export type { AuthorizationRequest } from "./authorization/request.ts";
export type { AuthorizationRequestOptions } from "./authorization/request-options.ts";
export type { CodeExchangeOptions } from "./grants/authorization-code.ts";
export type {
  DeviceAuthorization,
  DeviceAuthorizationRecord,
} from "./grants/device-authorization.ts";
export type { DevicePending, DeviceTokenOptions } from "./grants/poll-for-user.ts";
export type { GrantOptions } from "./grants/grant-parameters.ts";
export type { AssertionToSign, JwtBearerOptions, ReadyAssertion } from "./grants/jwt-bearer.ts";
export type { PasswordOptions } from "./grants/password.ts";
export type { RefreshOptions } from "./grants/refresh-token.ts";
export type { TokenExchangeOptions, TokenTypeName } from "./grants/token-exchange.ts";
export type { DiscoveredProvider, DiscoverOptions } from "./endpoints/discovery.ts";
export type { Introspection } from "./endpoints/introspection.ts";
export type { LogoutOptions } from "./endpoints/logout.ts";
export type {
  ApiReader,
  UserInfoRequest,
  UserInfoSources,
} from "./endpoints/user-info-definition.ts";
export type {
  ClientRevocationRequest,
  RevocationAnswer,
  RevocationApi,
  RevocationRequest,
} from "./endpoints/revocation-api.ts";
export type { TokenHintOptions, TokenTypeHint } from "./endpoints/revocation.ts";

export { clientSecretJwt, privateKeyJwt, tlsClientAuth } from "./oidc/client-authentication.ts";
export type {
  ClientAuthentication,
  ClientAuthenticationFunction,
  ClientAuthenticationRequest,
  ClientSecretJwt,
  PrivateKeyJwt,
  TlsClientAuth,
} from "./oidc/client-authentication.ts";
export type { ClientSecretSource, ClientSecretValue } from "./oidc/client-secret.ts";
export { signedClientSecret } from "./oidc/signed-client-secret.ts";
export type { SignedClientSecretOptions } from "./oidc/signed-client-secret.ts";
export { generateDpopKey } from "./dpop/dpop-prover.ts";
export type { DpopOption } from "./dpop/dpop-prover.ts";
export type { ClaimProblem, IdTokenRules } from "./oidc/id-token-rules.ts";
export type { IssuerTemplate } from "./oidc/issuer.ts";
export type { SigningKey } from "./oidc/signing-key.ts";

export { defineProvider, type Provider } from "./provider.ts";
export type { ProviderDefinition, RefreshByExchange } from "./provider-definition.ts";
export type { EndpointOverrides, ProviderEndpoints } from "./provider-endpoints.ts";
export type { ClientParameters } from "./oidc/client-parameters.ts";
export type { ApiHeaders, ApiHeadersFunction } from "./http/api-headers.ts";
export type { FixedApi, ProviderApi } from "./http/api-origins.ts";
export type { TokenBaseUrl } from "./http/token-origins.ts";
export type {
  AuthorizationRequestHookValue,
  Hook,
  HookContext,
  HookList,
  Hooks,
  ProtectedRequestHookValue,
  ProtectedResponseHookValue,
  TokenRequestHookValue,
  TokenResponseHookValue,
} from "./hooks.ts";
export { openIdProfile } from "./profile.ts";
export type { Profile } from "./profile.ts";
export type { ErrorPaths, ErrorReader } from "./errors/error-paths.ts";
export type { ProfileFields, ProfileFunction } from "./profile-fields.ts";

export { Token } from "./tokens/token.ts";
export type { ForeignRecordOptions, ForeignTokenRecord } from "./tokens/foreign-record.ts";
export type { TokenRecord, TokenRenewal } from "./tokens/token-record.ts";
export { MemoryTokenStore } from "./tokens/memory-token-store.ts";
export type { LockLimits, StoredToken, StoreLease, TokenStore } from "./tokens/token-store.ts";
export { encrypted } from "./encryption/encrypted.ts";
export type { EncryptionOptions } from "./encryption/encrypted.ts";
export type { EncryptedTokenStore, Reencryption } from "./encryption/encrypted-token-store.ts";
export type {
  EncryptionKey,
  EncryptionKeys,
  EncryptionKeySource,
} from "./encryption/encryption-keys.ts";
export type { KeyPage, KeyQuery } from "./tokens/store-keys.ts";
export { doctor } from "./refresh/doctor.ts";
export type { DoctorOptions } from "./refresh/doctor.ts";
export type { StoreFinding, StoreFindingCode, StoreInspection } from "./tokens/store-inspection.ts";
export type { ScopeChange } from "./tokens/scopes.ts";
export type {
  IdTokenClaims,
  LogoutTokenClaims,
  SecurityEventClaims,
} from "./tokens/id-token-claims.ts";
export type {
  VerifyIdTokenOptions,
  VerifyLogoutTokenOptions,
  VerifySecurityEventOptions,
} from "./oidc/verification-options.ts";

export type { HttpOptions } from "./http/http-options.ts";
export type { Revocation } from "./session/revoke-session.ts";
export { OAuth2Session } from "./session/session.ts";
export type {
  ClientCredentialsSessionOptions,
  GrantedSessionOptions,
  JwtBearerSessionOptions,
} from "./session/granted-session.ts";
export type { SessionRequests } from "./requests/session-requests.ts";
export type {
  SendFetch,
  SendRequest,
  SendWithBody,
  SendWithoutBody,
  Session,
  SessionRequestConfig,
} from "./requests/session-requests.ts";
export type { SendForPages } from "./requests/pages.ts";
export { isApiError } from "./requests/api-error.ts";
export type { ApiError } from "./requests/api-error.ts";
export { needsSignIn } from "./requests/needs-sign-in.ts";
export type { SessionRequestInit } from "./requests/fetch-options.ts";
export type {
  RefreshStyle,
  SessionOptions,
  StoredSessionOptions,
} from "./session/session-options.ts";
export type { OnTokenUpdate } from "./refresh/refreshed-token.ts";
export { bearer, placeToken } from "./tokens/place-token.ts";
export type { RateLimitWaitFunction } from "./requests/rate-limit-wait.ts";
export type { ApiAnswer, ExpiredToken, ExpiredTokenAnswer } from "./tokens/expired-token.ts";
export type { TokenPlacement } from "./tokens/token-placement.ts";

export type {
  ApiUsage,
  ApiUsageEvent,
  ApiRequestEvent,
  GrantkitEvents,
  OAuthErrorEvent,
  TokenGrantedEvent,
  TokenRefreshEvent,
  WarningEvent,
} from "./diagnostics.ts";

export { isOAuthError, OAuthError } from "./errors/oauth-error.ts";
export type { OAuthErrorOptions } from "./errors/oauth-error.ts";
export type { OAuthErrorCode } from "./errors/error-codes.ts";
export { ConfigurationError } from "./errors/configuration-error.ts";
export { ScopeChangedError, TokenExpiredError, TokenUpdated } from "./tokens/token-errors.ts";
export type { ProviderErrorBody } from "./errors/provider-error.ts";
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
