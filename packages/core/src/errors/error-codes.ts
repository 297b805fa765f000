/**
 * The stable code of an {@link OAuthError}, to switch on.
 *
 * A provider's own errors (RFC 6749 §4.1.2.1 and §5.2, RFC 7009 §2.2.1, RFC 8628 §3.5, RFC 8707 §2, OpenID Connect Core
 * §3.1.2.6) keep their names in upper case; {@link OAuthError.error} has the provider's code as it was sent.
 */
export type OAuthErrorCode =
  // Construction and calls
  | "CONFIGURATION_INVALID"
  | "CLIENT_SECRET_UNAVAILABLE"
  // The callback
  | "CALLBACK_INVALID"
  | "CODE_MISSING"
  | "ISSUER_MISMATCH"
  | "PROVIDER_MISMATCH"
  | "STATE_MISMATCH"
  | "AUTHORIZATION_REQUEST_EXPIRED"
  // Discovery and the device flow
  | "DISCOVERY_FAILED"
  | "AUTHORIZATION_PENDING"
  | "DEVICE_CODE_EXPIRED"
  | "SLOW_DOWN"
  // What the provider answered
  | "ACCESS_DENIED"
  | "INTERACTION_REQUIRED"
  | "INVALID_CLIENT"
  | "INVALID_GRANT"
  | "INVALID_REQUEST"
  | "INVALID_SCOPE"
  | "INVALID_TARGET"
  | "PROVIDER_ERROR"
  | "RATE_LIMITED"
  | "SERVER_ERROR"
  | "TEMPORARILY_UNAVAILABLE"
  | "UNAUTHORIZED_CLIENT"
  | "UNSUPPORTED_GRANT_TYPE"
  | "UNSUPPORTED_RESPONSE_TYPE"
  | "UNSUPPORTED_TOKEN_TYPE"
  // Tokens
  | "REFRESH_TOKEN_MISSING"
  | "RENEWAL_FAILED"
  | "SCOPE_CHANGED"
  | "SESSION_ENDED"
  | "TOKEN_EXPIRED"
  | "TOKEN_INVALID"
  | "TOKEN_REJECTED"
  | "TOKEN_RESPONSE_INVALID"
  | "TOKEN_UPDATED"
  | "TOKEN_UPDATE_FAILED"
  // OAuth 1.0a (RFC 5849)
  | "CALLBACK_NOT_CONFIRMED"
  | "NONCE_USED"
  | "REQUEST_UNSIGNABLE"
  | "SIGNATURE_INVALID"
  | "TIMESTAMP_REFUSED"
  | "TOKEN_MISMATCH"
  | "TOKEN_MISSING"
  | "TOKEN_REQUEST_DENIED"
  | "VERIFIER_MISSING"
  // Token stores
  | "RECORD_UNREADABLE"
  | "STORE_FAILED"
  | "STORE_LOCK_LOST"
  | "STORE_LOCK_TIMEOUT"
  | "TOKEN_NOT_FOUND"
  // ID tokens and user info
  | "CLOCK_SKEW"
  | "ID_TOKEN_INVALID"
  | "KEY_SELECTION_FAILED"
  | "KEY_SET_UNAVAILABLE"
  | "LOGOUT_TOKEN_INVALID"
  | "SECURITY_EVENT_INVALID"
  | "SUBJECT_MISMATCH"
  | "USER_INFO_INVALID"
  // Requests
  | "ABORTED"
  | "API_REQUEST_FAILED"
  | "INSECURE_HTTP"
  | "NETWORK_ERROR"
  | "ORIGIN_NOT_ALLOWED"
  | "REDIRECT_REFUSED"
  | "RESPONSE_TOO_LARGE"
  | "TIMEOUT"
  | "TOKEN_IN_URL"
  | "URL_INVALID";

const PROVIDER_ERROR_CODES = new Map<string, OAuthErrorCode>([
  ["access_denied", "ACCESS_DENIED"],
  ["account_selection_required", "INTERACTION_REQUIRED"],
  ["authorization_pending", "AUTHORIZATION_PENDING"],
  ["consent_required", "INTERACTION_REQUIRED"],
  ["expired_token", "DEVICE_CODE_EXPIRED"],
  ["interaction_required", "INTERACTION_REQUIRED"],
  ["invalid_client", "INVALID_CLIENT"],
  ["invalid_grant", "INVALID_GRANT"],
  ["invalid_request", "INVALID_REQUEST"],
  ["invalid_scope", "INVALID_SCOPE"],
  ["invalid_target", "INVALID_TARGET"],
  ["login_required", "INTERACTION_REQUIRED"],
  ["server_error", "SERVER_ERROR"],
  ["slow_down", "SLOW_DOWN"],
  ["temporarily_unavailable", "TEMPORARILY_UNAVAILABLE"],
  ["unauthorized_client", "UNAUTHORIZED_CLIENT"],
  ["unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE"],
  ["unsupported_response_type", "UNSUPPORTED_RESPONSE_TYPE"],
  ["unsupported_token_type", "UNSUPPORTED_TOKEN_TYPE"],
]);

/** The code for a provider's error word, in its own or another spelling; undefined for a word that no specification defines. */
export function codeOfProviderError(error: string): OAuthErrorCode | undefined {
  const inSnakeCase = error
    .slice(0, 60)
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[\s-]+/g, "_")
    .toLowerCase();
  return PROVIDER_ERROR_CODES.get(error) ?? PROVIDER_ERROR_CODES.get(inSnakeCase);
}

/** Our code for a transient failure of which nothing but the status is known; undefined for other statuses. */
export function codeOfStatus(status: number): "RATE_LIMITED" | "SERVER_ERROR" | undefined {
  if (status === 429) return "RATE_LIMITED";
  return status >= 500 ? "SERVER_ERROR" : undefined;
}
