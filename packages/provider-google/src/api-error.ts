import { isApiError } from "@grantkit/core";
import { readFields, readText } from "@grantkit/core/requests";
import { type ErrorInfo, errorInfoOf, retrySecondsOf } from "./error-details.ts";

/** What an error of Google's APIs means for the app. */
export type GoogleApiProblem =
  /** The token was refused: sign the user in again. */
  | "UNAUTHENTICATED"
  /** The user did not grant the scope: request it with `includeGrantedScopes`. */
  | "INSUFFICIENT_SCOPE"
  /** The API is not enabled in your project: enable it in the Google Cloud console. */
  | "API_DISABLED"
  /** Too many requests at once: wait for `retryAfter`, or longer each time. */
  | "RATE_LIMITED"
  /** The quota of the day or of the project is used up: waiting for seconds does not help. */
  | "QUOTA_EXCEEDED"
  /** The user, or the account, may not do this. */
  | "PERMISSION_DENIED"
  /** Google failed: try again later. */
  | "UNAVAILABLE"
  /** What the request asks for is wrong, or is not there: see `status`. */
  | "REQUEST_REFUSED";

/** An error of one of Google's APIs (AIP-193). */
export interface GoogleApiError {
  /** What the error means for the app. */
  readonly problem: GoogleApiProblem;
  /** The HTTP status. */
  readonly code: number;
  /** The canonical status, for example `PERMISSION_DENIED`; older APIs have none. */
  readonly status?: string | undefined;
  /** Google's explanation, for developers. Google wrote it: escape it before you show it on a page. */
  readonly message: string;
  /** Google's reason, for example `ACCESS_TOKEN_SCOPE_INSUFFICIENT`, or of older APIs `insufficientPermissions`. */
  readonly reason?: string | undefined;
  /** Whose reason it is, for example `googleapis.com`. */
  readonly domain?: string | undefined;
  /** Further texts about the reason, for example `service` and `quota_limit`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before a retry, where Google said so. */
  readonly retryAfter?: number | undefined;
}

/** Reasons of older APIs and of `ErrorInfo`, and what they mean; others are told by the status. */
const PROBLEMS: ReadonlyMap<string, GoogleApiProblem> = new Map([
  ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "INSUFFICIENT_SCOPE"],
  ["insufficientPermissions", "INSUFFICIENT_SCOPE"],
  ["SERVICE_DISABLED", "API_DISABLED"],
  ["accessNotConfigured", "API_DISABLED"],
  ["RATE_LIMIT_EXCEEDED", "RATE_LIMITED"],
  ["rateLimitExceeded", "RATE_LIMITED"],
  ["userRateLimitExceeded", "RATE_LIMITED"],
  ["quotaExceeded", "QUOTA_EXCEEDED"],
  ["dailyLimitExceeded", "QUOTA_EXCEEDED"],
  ["authError", "UNAUTHENTICATED"],
  ["backendError", "UNAVAILABLE"],
]);

const RETRYABLE: readonly GoogleApiProblem[] = ["RATE_LIMITED", "UNAVAILABLE"];

/**
 * Reads an error of one of Google's APIs: what a session's `get()` and the other axios methods threw, or the parsed body of a
 * response of `session.fetch()`.
 *
 * @returns undefined for anything else: a network error, an `OAuthError`, an error page.
 * @see https://google.aip.dev/193
 *
 * @example
 * ```ts
 * import { googleApiError, type Session } from "@grantkit/provider-google";
 *
 * export async function calendars(session: Session) {
 *   try {
 *     return (await session.get("/calendar/v3/users/me/calendarList")).data;
 *   } catch (error) {
 *     if (googleApiError(error)?.problem === "INSUFFICIENT_SCOPE") return "Ask for the calendar.";
 *     throw error;
 *   }
 * }
 * ```
 */
export function googleApiError(error: unknown): GoogleApiError | undefined {
  const answer = isApiError(error) ? error : undefined;
  // Methods that stream wrap the error in a list.
  const [body] = [answer ? answer.data : error].flat();
  const { code, status, message, details, errors } = readFields(readFields(body)["error"]);
  const httpStatus = answer?.status ?? code;
  if (typeof httpStatus !== "number" || typeof message !== "string") return undefined;
  const info = errorInfoOf(details, errors);
  const problem = problemOf(info, httpStatus);
  return {
    problem,
    code: httpStatus,
    status: readText(status),
    message,
    reason: info.reason,
    domain: info.domain,
    metadata: info.metadata,
    retryable: RETRYABLE.includes(problem),
    retryAfter: answer?.retryAfter ?? retrySecondsOf(details),
  };
}

/** The older reason is the more precise one: `RATE_LIMIT_EXCEEDED` is said of daily quotas too. */
function problemOf({ reason, olderReason }: ErrorInfo, code: number): GoogleApiProblem {
  const known = PROBLEMS.get(olderReason ?? "") ?? PROBLEMS.get(reason ?? "");
  if (known) return known;
  if (code === 401) return "UNAUTHENTICATED";
  if (code === 403) return "PERMISSION_DENIED";
  if (code === 429) return "RATE_LIMITED";
  return code >= 500 ? "UNAVAILABLE" : "REQUEST_REFUSED";
}
