import type { OAuthErrorCode } from "../errors/error-codes.ts";
import { isOAuthError } from "../errors/oauth-error.ts";
import { isApiError } from "./api-error.ts";

/** The codes of failures that only a new sign-in ends: no later request and no refresh succeeds. */
const ENDED: ReadonlySet<OAuthErrorCode> = new Set<OAuthErrorCode>([
  "INTERACTION_REQUIRED",
  "INVALID_GRANT",
  "REFRESH_TOKEN_MISSING",
  "SESSION_ENDED",
  "SUBJECT_MISMATCH",
  "TOKEN_EXPIRED",
  "TOKEN_NOT_FOUND",
  "TOKEN_REJECTED",
]);

/**
 * Whether a request of a user's session failed because the user has to sign in again: the token has expired or was revoked, and
 * it cannot be refreshed. It is true for the status 401 of the API too: the session has then tried a refresh, or has no refresh
 * token.
 *
 * Use it with `session.get()` and the other axios methods: `session.fetch` does not throw for a status, so check
 * `response.status === 401` as well. In a session with `refresh: "manual"`, call `session.refresh()` for `TOKEN_EXPIRED` first.
 *
 * @example
 * ```ts
 * import { needsSignIn, type Session } from "@grantkit/core";
 *
 * export async function repositories(session: Session): Promise<unknown> {
 *   try {
 *     return (await session.get("/user/repos")).data;
 *   } catch (error) {
 *     if (needsSignIn(error)) return "Please sign in again.";
 *     throw error;
 *   }
 * }
 * ```
 */
export function needsSignIn(error: unknown): boolean {
  if (isApiError(error)) return error.status === 401;
  return isOAuthError(error) && ENDED.has(error.code);
}
