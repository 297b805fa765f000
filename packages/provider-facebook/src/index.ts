/**
 * Sign in with Facebook, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export type { FacebookAppClient } from "./app-client.ts";
export { dataDeletionCallback, deauthorizeCallback } from "./callbacks.ts";
export type { DataDeletion, FacebookCallback, UserRequest } from "./callbacks.ts";
export { FacebookClient } from "./client.ts";
export type { FacebookClientOptions, LimitedLoginOptions } from "./client-options.ts";
export type {
  DebuggedToken,
  VerifiedAccessToken,
  VerifyAccessTokenOptions,
} from "./debug-token.ts";
export type { DeviceLoginOptions } from "./device-login.ts";
export { facebookApiError } from "./facebook-api-error.ts";
export type { FacebookApiError } from "./facebook-api-error.ts";
export type { FacebookErrorReason } from "./graph-error.ts";
export type { LimitedLogin } from "./limited-login.ts";
export { facebookPages } from "./pages.ts";
export type { FacebookPage, FacebookPagesOptions } from "./pages.ts";
export type { FacebookPermissions } from "./permissions.ts";
export { facebook } from "./preset.ts";
export type { FacebookAuthorizationOptions, FacebookOptions } from "./preset.ts";
export type { FacebookProfile, FacebookUserInfo } from "./profile.ts";
export type { FacebookScope } from "./scopes.ts";
export type { SystemUserTokenOptions } from "./system-user.ts";
export type { SignedRequest, SignedRequestOptions } from "./signed-request.ts";

export * from "@grantkit/core";
