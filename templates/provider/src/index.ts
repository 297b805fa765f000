/**
 * Sign in with Acme, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { AcmeClient } from "./client.ts";
export type { AcmeClientOptions } from "./client.ts";
export { acme } from "./preset.ts";
export type { AcmeAuthorizationOptions, AcmeOptions } from "./preset.ts";
export type { AcmeScope } from "./scopes.ts";

export * from "@grantkit/core";
