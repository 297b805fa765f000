import {
  type ApiError,
  isApiError,
  isOAuthError,
  type OAuthError,
  type ProviderErrorBody,
} from "@grantkit/core";
import { type Fields, ownFields, readFields, readText } from "@grantkit/core/requests";
import { type FacebookErrorReason, readGraphError } from "./graph-error.ts";
import { readUsage } from "./usage.ts";

/** What Facebook says about an error. */
export interface FacebookApiError {
  /** Why, where the code and the subcode say it: switch on it. */
  readonly reason?: FacebookErrorReason | undefined;
  /** Facebook's code, for example 190. */
  readonly code?: number | undefined;
  /** Facebook's subcode, for example 463. */
  readonly subcode?: number | undefined;
  /** Facebook's type, for example `OAuthException`. */
  readonly type?: string | undefined;
  /** The explanation for developers. */
  readonly message?: string | undefined;
  /** A title to show to the user, in the user's language. Facebook wrote it: escape it. */
  readonly userTitle?: string | undefined;
  /** A text to show to the user, in the user's language. Facebook wrote it: escape it. */
  readonly userMessage?: string | undefined;
  /** Whether the same call may succeed later. */
  readonly isTransient: boolean;
  /** Identifies the call for Facebook's support. */
  readonly fbtraceId?: string | undefined;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** Seconds until a throttled call may succeed, where Facebook names them (`X-Business-Use-Case-Usage`). */
  readonly retryAfter?: number | undefined;
}

/**
 * Reads Facebook's error from what a call threw: an error of the API, of a sign-in, or any other `OAuthError` that Facebook's
 * response caused. Or from a parsed body, for `session.fetch()`. It does not throw.
 *
 * @returns undefined for what is not an error of Facebook's.
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 *
 * @example
 * ```ts
 * import { facebookApiError, type OAuth2Session } from "@grantkit/provider-facebook";
 *
 * export async function name(session: OAuth2Session): Promise<string | undefined> {
 *   try {
 *     return (await session.get<{ name: string }>("/me")).data.name;
 *   } catch (error) {
 *     const { reason, fbtraceId } = facebookApiError(error) ?? {};
 *     console.log("Facebook refused:", reason, fbtraceId);
 *     if (reason === "expired" || reason === "revoked") return undefined; // let the user sign in again
 *     throw error;
 *   }
 * }
 * ```
 */
export function facebookApiError(error: unknown): FacebookApiError | undefined {
  if (isOAuthError(error)) return ofOAuthError(error);
  if (isApiError(error)) return ofResponse(error.data, error);
  return ofResponse(error);
}

function ofOAuthError(error: OAuthError): FacebookApiError | undefined {
  const details = ownFields(error.details ?? {});
  if (details["code"] === undefined && details["fbtrace_id"] === undefined) return undefined;
  const { error: type, errorDescription: message, status, retryable: isTransient } = error;
  return described({ type, message, status, isTransient }, details);
}

function ofResponse(body: unknown, answer?: ApiError): FacebookApiError | undefined {
  const headers = ownFields(answer?.headers ?? {});
  const trace = headers["x-fb-trace-id"];
  const read = readGraphError(readFields(body));
  if (read === undefined && trace === undefined) return undefined;
  const { error: type, errorDescription: message, code = "", details } = read ?? NOTHING_READ;
  const isTransient = ["RATE_LIMITED", "SERVER_ERROR"].includes(code);
  const waits = readUsage((name) => headers[name]).map(({ secondsToReset = 0 }) => secondsToReset);
  const retryAfter = Math.max(0, ...waits) || undefined;
  return described(
    { type, message, status: answer?.status, isTransient, retryAfter },
    ownFields({ fbtrace_id: trace, ...details }),
  );
}

const NOTHING_READ: Partial<ProviderErrorBody> = ownFields({});

type Read = Pick<FacebookApiError, "type" | "message" | "status" | "isTransient" | "retryAfter">;

function described(read: Read, details: Fields): FacebookApiError {
  const number = (name: string): number | undefined => {
    const value = details[name];
    return typeof value === "number" ? value : undefined;
  };
  return {
    ...read,
    isTransient: read.isTransient || details["is_transient"] === true,
    reason: readText(details["reason"]) as FacebookErrorReason | undefined,
    code: number("code"),
    subcode: number("error_subcode"),
    userTitle: readText(details["error_user_title"]),
    userMessage: readText(details["error_user_msg"]),
    fbtraceId: readText(details["fbtrace_id"]),
  };
}
