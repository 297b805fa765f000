import type { OAuthErrorCode } from "@grantkit/core";
import type { RunError } from "./run-error.ts";

/** Names what failed, in a few words and with the code: the heading of a failed run. */
export function errorHeading({ code, status, title }: RunError): string {
  const what = status === undefined ? (title ?? titleOf(code)) : apiTitle(status);
  return `${what ?? "It failed"}: ${status ?? code}`;
}

function titleOf(code: string): string | undefined {
  return Object.hasOwn(TITLES, code) ? TITLES[code as keyof typeof TITLES] : undefined;
}

/** What an API's answer says that is no success. */
function apiTitle(status: number): string {
  if (status === 401) return "The API refused the token";
  if (status === 429) return "The API throttles the client";
  return status >= 500 ? "The API has trouble" : "The API refused the request";
}

/** What failed, by the code; a session's network errors are axios's own. */
const TITLES: Readonly<Record<OAuthErrorCode | "ECONNRESET", string>> = {
  ABORTED: "It was stopped",
  ACCESS_DENIED: "Access was denied",
  API_REQUEST_FAILED: "The API cannot be called like this",
  AUTHORIZATION_PENDING: "The user has not decided yet",
  AUTHORIZATION_REQUEST_EXPIRED: "The sign-in took too long",
  CALLBACK_INVALID: "The callback is not a valid one",
  CALLBACK_NOT_CONFIRMED: "The provider did not confirm the callback",
  CLIENT_SECRET_UNAVAILABLE: "The client secret cannot be read",
  CLOCK_SKEW: "A clock is wrong",
  CODE_MISSING: "The callback has no code",
  CONFIGURATION_INVALID: "An option is wrong",
  DEVICE_CODE_EXPIRED: "The code has expired",
  DISCOVERY_FAILED: "The issuer has no usable metadata",
  ECONNRESET: "The API closed the connection",
  ID_TOKEN_INVALID: "The ID token was refused",
  INSECURE_HTTP: "The address is not encrypted",
  INTERACTION_REQUIRED: "The provider needs the user",
  INVALID_CLIENT: "The provider does not accept this client",
  INVALID_GRANT: "The provider refused the code or the token",
  INVALID_REQUEST: "The provider cannot use the request",
  INVALID_SCOPE: "The provider does not know a scope",
  INVALID_TARGET: "The provider does not know the API",
  ISSUER_MISMATCH: "The callback came from another issuer",
  KEY_SELECTION_FAILED: "No key of the provider fits the JWT",
  KEY_SET_UNAVAILABLE: "The provider's keys could not be fetched",
  LOGOUT_TOKEN_INVALID: "The logout token was refused",
  NETWORK_ERROR: "The connection failed",
  NONCE_USED: "The request is a copy",
  ORIGIN_NOT_ALLOWED: "The address is not one of the API",
  PROVIDER_ERROR: "The provider answered with an error",
  PROVIDER_MISMATCH: "The callback came to the URL of another provider",
  RATE_LIMITED: "The provider throttles the client",
  RECORD_UNREADABLE: "The stored token cannot be read",
  REDIRECT_REFUSED: "A redirect was refused",
  REFRESH_TOKEN_MISSING: "There is no refresh token",
  RENEWAL_FAILED: "The renewal failed",
  REQUEST_UNSIGNABLE: "The request cannot be signed like this",
  RESPONSE_TOO_LARGE: "The answer was too large",
  SCOPE_CHANGED: "The provider granted other scopes",
  SECURITY_EVENT_INVALID: "The event token was refused",
  SERVER_ERROR: "The provider has trouble",
  SESSION_ENDED: "The session is over",
  SIGNATURE_INVALID: "The signature is wrong",
  SLOW_DOWN: "The client polls too fast",
  STATE_MISMATCH: "The callback did not belong to this sign-in",
  STORE_FAILED: "The token store failed",
  STORE_LOCK_LOST: "The token store's lock was lost",
  STORE_LOCK_TIMEOUT: "The token store stayed locked",
  SUBJECT_MISMATCH: "The answer is about another user",
  TEMPORARILY_UNAVAILABLE: "The provider is overloaded",
  TIMEOUT: "No answer in time",
  TIMESTAMP_REFUSED: "The request is too old, or a clock is wrong",
  TOKEN_EXPIRED: "The token has expired",
  TOKEN_INVALID: "The token cannot be sent like this",
  TOKEN_IN_URL: "The URL has a token in it",
  TOKEN_MISMATCH: "The callback did not belong to this sign-in",
  TOKEN_MISSING: "There is no token for that",
  TOKEN_NOT_FOUND: "The store has no token",
  TOKEN_REJECTED: "The API refused the token",
  TOKEN_REQUEST_DENIED: "The provider gave no token",
  TOKEN_RESPONSE_INVALID: "The answer is no token",
  TOKEN_UPDATED: "The token is new",
  TOKEN_UPDATE_FAILED: "The new token was not saved",
  UNAUTHORIZED_CLIENT: "The client may not do this",
  UNSUPPORTED_GRANT_TYPE: "The provider does not have this grant",
  UNSUPPORTED_RESPONSE_TYPE: "The provider does not have this response type",
  UNSUPPORTED_TOKEN_TYPE: "The provider does not know this kind of token",
  URL_INVALID: "The URL cannot be used",
  USER_INFO_INVALID: "The user info was refused",
  VERIFIER_MISSING: "The callback has no verifier",
};
