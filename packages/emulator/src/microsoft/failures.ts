import type { NamedFailure } from "../server/failures.ts";
import { entraError, graphError } from "./errors.ts";
import type { EntraError } from "./errors.ts";
import type { MicrosoftFailure } from "./options.ts";

const isApi = (path: string): boolean => path.startsWith("/graph/");
const isToken = (path: string): boolean => path.endsWith("/oauth2/v2.0/token");

/** Makes the failures by name, on the given clock (milliseconds). */
export function microsoftFailures(
  now: () => number,
): Readonly<Record<MicrosoftFailure, NamedFailure>> {
  const api = (
    status: number,
    code: string,
    message: string,
    headers?: Record<string, string>,
  ): NamedFailure => ({
    appliesTo: isApi,
    respond: () => graphError(status, code, message, now(), headers),
  });
  const token = (error: EntraError): NamedFailure => ({
    appliesTo: isToken,
    respond: () => entraError(error, now()),
  });
  return {
    "api-invalid-token": api(
      401,
      "InvalidAuthenticationToken",
      "Lifetime validation failed, the token is expired.",
    ),
    "api-forbidden": api(
      403,
      "Authorization_RequestDenied",
      "Insufficient privileges to complete the operation.",
    ),
    "api-not-found": api(404, "Request_ResourceNotFound", "Resource does not exist."),
    // https://learn.microsoft.com/graph/throttling
    "api-throttled": api(429, "TooManyRequests", "Too many requests", { "retry-after": "10" }),
    "api-unavailable": api(503, "serviceNotAvailable", "The service is unavailable."),
    "token-consent-required": token({
      error: "invalid_grant",
      code: 65001,
      text: "The user or administrator has not consented to use the application.",
      suberror: "consent_required",
    }),
    "token-mfa-required": token({
      error: "interaction_required",
      code: 50076,
      text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.",
      suberror: "basic_action",
      claims: '{"access_token":{"capolids":{"essential":true,"values":["policy-1"]}}}',
    }),
    "token-refresh-expired": token({
      error: "invalid_grant",
      code: 700082,
      text: "The refresh token has expired due to inactivity.",
    }),
    "token-refresh-revoked": token({
      error: "invalid_grant",
      code: 50173,
      text: "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
      suberror: "bad_token",
    }),
    "token-throttled": {
      appliesTo: isToken,
      respond: () => new Response(null, { status: 429, headers: { "retry-after": "5" } }),
    },
    "token-unavailable": token({
      error: "temporarily_unavailable",
      code: 90033,
      text: "A transient error has occurred. Please try again.",
      status: 503,
    }),
  };
}
