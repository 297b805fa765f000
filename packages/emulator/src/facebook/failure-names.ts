/** Failures that Facebook is known for, by name. */
export type FacebookFailure =
  | "api-app-not-installed"
  | "api-checkpointed"
  | "api-password-changed"
  | "api-session-expired"
  | "api-unconfirmed-user"
  | "api-invalid-session"
  | "api-page-role-missing"
  | "api-permission-denied"
  | "api-app-throttled"
  | "api-user-throttled"
  | "api-page-throttled"
  | "api-custom-throttled"
  | "api-unknown"
  | "api-unavailable"
  | "token-unavailable";
