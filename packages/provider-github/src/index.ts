/**
 * Sign in with GitHub, and call its API. All of `@grantkit/core` is exported as well: an app with one provider
 * needs one package.
 *
 * @packageDocumentation
 */
export { GitHubClient } from "./client.ts";
export type { GitHubClientOptions } from "./client.ts";
export { GitHubApp } from "./app.ts";
export type { AppSessionOptions, GitHubAppOptions, InstallationSessionOptions } from "./app.ts";
export type { InstallationTokenOptions } from "./installation-token.ts";
export { GitHubApiError, gitHubApiError } from "./api-error.ts";
export type { GitHubErrorAnswer, GitHubErrorReason } from "./error-answer.ts";
export { retryWhenRateLimited } from "./retry-when-rate-limited.ts";
export type { RateLimitWait } from "./retry-when-rate-limited.ts";
export type { RateLimitKind } from "./rate-limit.ts";
export type { GitHubTokenInfo, ScopedTokenOptions } from "./app-tokens.ts";
export type { GitHubEmail } from "./emails.ts";
export { ssoPartialResults } from "./sso-partial-results.ts";
export { verifyWebhook } from "./webhook.ts";
export type { GitHubWebhook, RawDelivery } from "./webhook.ts";
export { github } from "./preset.ts";
export type { GitHubAuthorizationOptions, GitHubOptions } from "./preset.ts";
export type { GitHubProfile, GitHubUserInfo } from "./profile.ts";
export type { GitHubScope } from "./scopes.ts";

export * from "@grantkit/core";
