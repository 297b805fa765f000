/**
 * Sign in with Facebook, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { FacebookClient } from "./client.ts";
export type { FacebookClientOptions } from "./client.ts";
export { facebookApiError } from "./facebook-api-error.ts";
export type { FacebookApiError } from "./facebook-api-error.ts";
export type { FacebookErrorReason } from "./graph-error.ts";
export { facebook } from "./preset.ts";
export type { FacebookAuthorizationOptions, FacebookOptions } from "./preset.ts";
export type { FacebookScope } from "./scopes.ts";

export * from "@grantkit/core";
