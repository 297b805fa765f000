import type { GoogleFailure } from "./options.ts";
import { jsonReply } from "../oauth/responses.ts";
import type { NamedFailure } from "../server/failures.ts";
import { apiError, insufficientScope, oauthError, unauthenticated } from "./errors.ts";
import type { GoogleApiError } from "./errors.ts";

const isApi = (path: string): boolean =>
  /^\/(calendar|drive|gmail|v1|oauth2\/v[123]\/userinfo)/.test(path);
const isToken = (path: string): boolean => path === "/token" || path === "/oauth2/v4/token";

function apiFailure(error: GoogleApiError): NamedFailure {
  return { appliesTo: isApi, respond: () => apiError(error) };
}

function tokenFailure(error: string, description: string, status: number): NamedFailure {
  return { appliesTo: isToken, respond: () => oauthError(error, description, status) };
}

const RATE_LIMIT = {
  status: "RESOURCE_EXHAUSTED",
  message: "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'.",
  reason: "RATE_LIMIT_EXCEEDED",
  metadata: { quota_limit: "defaultPerMinutePerProject", consumer: "projects/1" },
};

// Shapes: https://google.aip.dev/193 and https://developers.google.com/workspace/calendar/api/guides/errors.
/** The failures by name. They have no Retry-After, since Google does not send it reliably. */
export const googleFailures: Readonly<Record<GoogleFailure, NamedFailure>> = {
  "api-unauthenticated": { appliesTo: isApi, respond: unauthenticated },
  "api-insufficient-scope": { appliesTo: isApi, respond: insufficientScope },
  "api-rate-limit": apiFailure({ ...RATE_LIMIT, code: 429, legacyReason: "rateLimitExceeded" }),
  "api-user-rate-limit": apiFailure({
    ...RATE_LIMIT,
    code: 403,
    legacyReason: "userRateLimitExceeded",
  }),
  "api-quota": apiFailure({ ...RATE_LIMIT, code: 403, legacyReason: "quotaExceeded" }),
  "api-disabled": apiFailure({
    code: 403,
    status: "PERMISSION_DENIED",
    message: "Google Calendar API has not been used in project 1 before or it is disabled.",
    reason: "SERVICE_DISABLED",
    legacyReason: "accessNotConfigured",
    metadata: { service: "calendar-json.googleapis.com", consumer: "projects/1" },
  }),
  "api-backend-error": apiFailure({
    code: 503,
    status: "UNAVAILABLE",
    message: "The service is currently unavailable.",
    reason: "BACKEND_ERROR",
    legacyReason: "backendError",
  }),
  "token-unavailable": {
    appliesTo: isToken,
    respond: () => new Response("Service Unavailable", { status: 503 }),
  },
  "token-internal-failure": {
    appliesTo: isToken,
    respond: () =>
      jsonReply({ error: "internal_failure", error_description: "Backend Error" }, 500),
  },
  // https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
  "token-admin-policy": tokenFailure("admin_policy_enforced", "Bad Request", 400),
  "token-client-deleted": tokenFailure("deleted_client", "The OAuth client was deleted.", 401),
  // From memory, as is the status of access_denied.
  "token-client-disabled": tokenFailure("disabled_client", "The OAuth client was disabled.", 401),
  "token-org-internal": tokenFailure("org_internal", "Forbidden", 403),
  "token-access-denied": tokenFailure("access_denied", "Account restricted", 400),
  // A Workspace user has to sign in again. From memory.
  "token-reauthentication": {
    appliesTo: isToken,
    respond: () =>
      jsonReply(
        {
          error: "invalid_grant",
          error_description: "reauth related error (invalid_rapt)",
          error_uri: "https://support.google.com/a/answer/9368756",
          error_subtype: "invalid_rapt",
        },
        400,
      ),
  },
  // The only error response of Google's OAuth endpoints without an "error".
  // https://developers.google.com/identity/protocols/oauth2/limited-input-device#quota-exceeded-response
  "device-quota": {
    appliesTo: (path) => path === "/device/code",
    respond: () => jsonReply({ error_code: "rate_limit_exceeded" }, 403),
  },
};
