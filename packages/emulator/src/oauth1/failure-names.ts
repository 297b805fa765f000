/** Failures that OAuth 1.0a servers are known for, by name. */
export type OAuth1Failure =
  | "api-token-rejected"
  | "api-token-expired"
  | "api-nonce-used"
  | "api-timestamp-refused"
  | "api-permission-denied"
  | "api-rate-limit"
  | "api-internal-failure"
  | "api-unavailable"
  | "token-consumer-key-refused"
  | "token-timestamp-refused"
  | "token-internal-failure"
  | "token-unavailable"
  | "token-redirect"
  | "token-redirect-elsewhere";
