/**
 * Sign in with Google, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { GoogleClient } from "./client.ts";
export type { GoogleClientOptions } from "./client.ts";
export type { GoogleCredential, VerifyCredentialOptions } from "./credential.ts";
export type { AccountSessionOptions, AccountTokenOptions } from "./account-session.ts";
export { googleApiError } from "./api-error.ts";
export type { GoogleApiError, GoogleApiProblem } from "./api-error.ts";
export { google } from "./preset.ts";
export type { GoogleAuthorizationOptions, GoogleOptions } from "./preset.ts";
export { GoogleExternalAccount } from "./external-account.ts";
export type { GoogleExternalAccountOptions } from "./external-account.ts";
export { hasScope } from "./granted-scopes.ts";
export { GoogleMetadataServer } from "./metadata-server.ts";
export type { GoogleMetadataServerOptions, MetadataSessionOptions } from "./metadata-server.ts";
export { googleProfile } from "./profile.ts";
export type { GoogleProfile, GoogleUserInfo } from "./profile.ts";
export type { GoogleScope } from "./scopes.ts";
export type {
  GoogleSecurityEvent,
  GoogleSecurityEvents,
  GoogleSecurityEventType,
} from "./security-event.ts";
export { GoogleServiceAccount } from "./service-account.ts";
export type { ServiceAccountKeyFile } from "./service-account-key.ts";
export type {
  GoogleServiceAccountOptions,
  IdTokenOptions,
  IdTokenSessionOptions,
  SelfSignedSessionOptions,
  SelfSignedTokenOptions,
  ServiceAccountSessionOptions,
  ServiceAccountTokenOptions,
} from "./service-account-options.ts";
export { isFromHostedDomain } from "./hosted-domain.ts";
export type { GoogleTokenInfo } from "./token-info.ts";

export * from "@grantkit/core";
