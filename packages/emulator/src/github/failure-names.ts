/** Failures that GitHub is known for, by name. */
export type GitHubFailure =
  | "api-bad-credentials"
  | "api-primary-rate-limit"
  | "api-secondary-rate-limit"
  | "api-secondary-rate-limit-without-retry-after"
  | "api-sso-required"
  | "api-login-attempts"
  | "api-unavailable"
  | "token-unavailable"
  | "token-bad-refresh-token"
  | "token-too-many";
