/**
 * Sign in with Microsoft, and call Microsoft Graph. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { MicrosoftClient } from "./client.ts";
export type {
  ChallengeRequestOptions,
  MicrosoftClientOptions,
  OnBehalfOfOptions,
} from "./client.ts";
export { microsoft } from "./preset.ts";
export type { MicrosoftAuthorizationOptions, MicrosoftOptions } from "./preset.ts";
export type { MicrosoftCloud } from "./cloud.ts";
export type { MicrosoftB2C, MicrosoftExternalId, MicrosoftTenant } from "./authority.ts";
export type { MicrosoftScope } from "./scopes.ts";
export type { MicrosoftProfile, MicrosoftProfileId, MicrosoftUserInfo } from "./profile.ts";
export type { MicrosoftClaimsRequest } from "./client-capabilities.ts";
export { verifyAccessToken } from "./access-token.ts";
export type { AccessTokenPermissions, MicrosoftAccessTokenClaims } from "./access-token.ts";
export { claimsChallenge } from "./claims-challenge.ts";
export type { ClaimsChallenge } from "./claims-challenge.ts";
export { graphError } from "./graph-error.ts";
export type { GraphError } from "./graph-error.ts";
export { groupsOf, hasGroupOverage, rolesOf } from "./groups.ts";
export type { GroupOptions } from "./groups.ts";
export { readAdminConsent } from "./admin-consent.ts";
export type { AdminConsent, AdminConsentOptions } from "./admin-consent.ts";
export { clientCertificate } from "./client-certificate.ts";
export type { ClientCertificateOptions } from "./client-certificate.ts";
export { federatedCredential } from "./federated-credential.ts";
export { MicrosoftManagedIdentity } from "./managed-identity.ts";
export type {
  ManagedIdentityOptions,
  ManagedIdentitySessionOptions,
  ManagedIdentityTokenOptions,
} from "./managed-identity.ts";
export type { ManagedIdentitySource } from "./identity-endpoint.ts";

export * from "@grantkit/core";
