/** Failures that Google is known for, by name. */
export type GoogleFailure =
  | "api-unauthenticated"
  | "api-insufficient-scope"
  | "api-rate-limit"
  | "api-user-rate-limit"
  | "api-quota"
  | "api-disabled"
  | "api-backend-error"
  | "token-unavailable"
  | "token-internal-failure"
  | "device-quota";
