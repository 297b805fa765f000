import {
  isApiError,
  isOAuthError,
  OAuthError,
  type OAuthErrorOptions,
  type OAuthErrorCode,
  systemClock,
} from "@grantkit/core";
import { codeOfStatus, isObject, ownFields, Redactor } from "@grantkit/core/requests";
import { type RateLimit, rateLimitOf, type RateLimitKind } from "./rate-limit.ts";

/** Why GitHub's API refused a request; `"other"` for what the status alone says. */
export type GitHubErrorReason =
  | RateLimitKind
  | "bad-credentials"
  | "forbidden"
  | "installation-suspended"
  | "not-found"
  | "sso-required"
  | "unsupported-api-version"
  | "validation-failed"
  | "other";

/** An error response of GitHub's REST API, as far as it can be shown: no token is in it. */
export interface GitHubErrorAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** A header's value, by its name in lower case. */
  readonly header: (name: string) => string | null | undefined;
  /** The parsed body. */
  readonly body: unknown;
  /** What was asked for: `"the list of addresses"`. */
  readonly what: string;
  /** The code for a 401. */
  readonly refused?: OAuthErrorCode;
  /** What to do next, where the caller knows better than the status says. */
  readonly advice?: Partial<Record<GitHubErrorReason, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const ADVICE: Partial<Record<GitHubErrorReason, string>> = {
  "primary-rate-limit": "Wait until resetAt.",
  "secondary-rate-limit": "Wait until resetAt, and send fewer requests at the same time.",
  "login-attempts": "GitHub saw too many bad credentials: fix them, and wait some minutes.",
  "sso-required": "Let the user open ssoUrl, and try again.",
  "bad-credentials": "The token has expired or was revoked: let the user sign in again.",
  "installation-suspended": "The account has suspended your app: its owner can unsuspend it.",
  "not-found": "It does not exist, or the token may not see it: check its scopes or permissions.",
  forbidden: "Check the token's scopes or permissions: acceptedScopes, acceptedPermissions.",
  "validation-failed": "Check what was sent.",
  "unsupported-api-version": "Set the option apiVersion to a version that this GitHub supports.",
};

/**
 * An error of GitHub's API, with what GitHub says in headers and texts as fields: which limit was exceeded and until when,
 * which page authorizes the token for single sign-on, which scopes would do.
 */
export class GitHubApiError extends OAuthError {
  /** Why the request was refused, to switch on. */
  readonly reason: GitHubErrorReason;
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
    const { code, message, reason, base, own } = readAnswer(answer);
    super(code, message, base);
    this.reason = reason;
    for (const [name, value] of Object.entries(own)) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }
}

/** Reads an error response: the fields of any OAuthError, and our own. */
function readAnswer(answer: GitHubErrorAnswer) {
  const { status, header, what, refused, advice, now } = answer;
  const { said, page } = textsOf(answer);
  const limit = rateLimitOf({ status, header, message: said }, now);
  const ssoUrl = ssoUrlOf(header("x-github-sso"));
  const reason = limit?.kind ?? (ssoUrl === undefined ? reasonOf(status, said) : "sso-required");
  const code = codeOf(reason, status, refused);
  const next = advice?.[reason] ?? ADVICE[reason] ?? "";
  const own = { ...endOf(limit), ssoUrl, ...accepted(header) };
  const base: OAuthErrorOptions = {
    provider: "github",
    status,
    error: said,
    ...(page !== undefined && { errorUri: page }),
    retryable: code === "RATE_LIMITED" || code === "SERVER_ERROR",
    ...(own.resetAt && { retryAfter: Math.ceil((own.resetAt.getTime() - now) / 1000) }),
  };
  const message = `GitHub answered ${what} with: ${said}. ${next}`.trim();
  return { code, reason, base, own, message };
}

function endOf(limit: RateLimit | undefined) {
  const { resetAt, isResetKnown } = limit ?? {};
  return resetAt === undefined
    ? { resetAt: undefined, isResetKnown: undefined }
    : { resetAt: new Date(resetAt), isResetKnown };
}

function textsOf({ status, body }: GitHubErrorAnswer) {
  const { message, documentation_url: page } = ownFields(isObject(body) ? body : {});
  return { said: lineOf(message) ?? `status ${status}`, page: lineOf(page) };
}

function lineOf(text: unknown): string | undefined {
  return typeof text === "string" ? new Redactor([]).line(text) : undefined;
}

function accepted(header: GitHubErrorAnswer["header"]) {
  return {
    acceptedScopes: header("x-accepted-oauth-scopes")?.match(/[^,\s]+/g) ?? undefined,
    acceptedPermissions: header("x-accepted-github-permissions") ?? undefined,
    requestId: header("x-github-request-id") ?? undefined,
  };
}

const ABSENT = { value: undefined };

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

/** The URL of `required; url=https://…`. */
function ssoUrlOf(header: string | null | undefined): string | undefined {
  const url = /^required;\s*url=(https:\/\/\S+)$/i.exec(header ?? "")?.[1];
  return url !== undefined && URL.canParse(url) ? url : undefined;
}

function reasonOf(status: number, message: string): GitHubErrorReason {
  if (status === 401) return "bad-credentials";
  if (status === 403) return /suspended/i.test(message) ? "installation-suspended" : "forbidden";
  if (status === 404) return "not-found";
  if (status === 422) return "validation-failed";
  // Newer documentation says 410, and older 400.
  const isVersion = (status === 410 || status === 400) && /\bversion\b/i.test(message);
  return isVersion ? "unsupported-api-version" : "other";
}

function codeOf(
  reason: GitHubErrorReason,
  status: number,
  refused: OAuthErrorCode = "TOKEN_REJECTED",
): OAuthErrorCode {
  if (/-rate-limit$|^login-attempts$/.test(reason)) return "RATE_LIMITED";
  if (reason === "sso-required") return "INTERACTION_REQUIRED";
  if (reason === "bad-credentials") return refused;
  return codeOfStatus(status) ?? "API_REQUEST_FAILED";
}
