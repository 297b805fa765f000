import { isApiError, isOAuthError, OAuthError, systemClock } from "@grantkit/core";
import { definedFields, ownFields } from "@grantkit/core/requests";
import { type GitHubErrorAnswer, type GitHubErrorReason, readAnswer } from "./error-answer.ts";

/**
 * An error of GitHub's API, with what GitHub says in headers and texts as fields: which limit was exceeded and until when,
 * which page authorizes the token for single sign-on, which scopes would do.
 */
export class GitHubApiError extends OAuthError {
  /** Why the request was refused, to switch on. */
  declare readonly reason: GitHubErrorReason;
  /** When the next request may be sent, after a rate limit. */
  declare readonly resetAt?: Date;
  /** Whether `resetAt` is GitHub's own, and not only the minute that it asks for at least. */
  declare readonly isResetKnown?: boolean;
  /** The page of GitHub where the user authorizes the token for the organization's single sign-on. */
  declare readonly ssoUrl?: string;
  /** The scopes of which one is enough (OAuth Apps). */
  declare readonly acceptedScopes?: readonly string[];
  /** The permissions that are enough (GitHub Apps), as GitHub writes them: `"issues=write; pull_requests=write"`. */
  declare readonly acceptedPermissions?: string;
  /** GitHub's ID of the request, for its support. */
  declare readonly requestId?: string;

  /** Errors of the API are made by {@link gitHubApiError} and by the calls of this package. */
  constructor(answer: GitHubErrorAnswer) {
    const { code, message, base, own } = readAnswer(answer);
    super(code, message, base);
    Object.assign(this, definedFields(own));
  }
}

const ABSENT = { value: undefined, writable: true };

Object.defineProperties(GitHubApiError.prototype, {
  name: { value: "GitHubApiError", writable: true, configurable: true },
  // An error without one of these must not have that of a polluted Object.prototype.
  resetAt: ABSENT,
  isResetKnown: ABSENT,
  ssoUrl: ABSENT,
  acceptedScopes: ABSENT,
  acceptedPermissions: ABSENT,
  requestId: ABSENT,
});

/**
 * Explains an error of a session: what `session.get()` and the other methods throw for an error status, or an error of this
 * package, which is returned as it is.
 *
 * @param error - What was caught.
 * @param clock - The clock, for tests.
 * @returns undefined for what is no error response of the API, for example a network failure.
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 *
 * @example
 * ```ts
 * import { gitHubApiError, type Session } from "@grantkit/provider-github";
 *
 * export async function issues(session: Session) {
 *   return session.get("/issues").catch((error: unknown) => {
 *     const explained = gitHubApiError(error);
 *     if (explained?.reason === "sso-required") console.log(`Open ${explained.ssoUrl}`);
 *     if (explained?.resetAt) console.log(`Try again at ${explained.resetAt.toISOString()}`);
 *     throw error;
 *   });
 * }
 * ```
 */
export function gitHubApiError(
  error: unknown,
  clock: { now(): number } = systemClock,
): GitHubApiError | undefined {
  if (isOAuthError(error)) {
    return error.name === "GitHubApiError" ? (error as GitHubApiError) : undefined;
  }
  if (!isApiError(error)) return undefined;
  const headers = ownFields(error.headers);
  return new GitHubApiError({
    status: error.status,
    header: (name) => headers[name],
    body: error.data,
    what: "the request",
    now: clock.now(),
  });
}
