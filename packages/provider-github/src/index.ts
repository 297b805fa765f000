/**
 * Sign in with GitHub, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { GitHubClient } from "./client.ts";
export type { GitHubClientOptions } from "./client.ts";
export { github } from "./preset.ts";
export type { GitHubAuthorizationOptions, GitHubOptions } from "./preset.ts";
export type { GitHubScope } from "./scopes.ts";

export * from "@grantkit/core";
