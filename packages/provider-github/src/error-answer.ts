import type { OAuthErrorCode, OAuthErrorOptions } from "@grantkit/core";
import { codeOfStatus, ownFields, readFields, readList, Redactor } from "@grantkit/core/requests";
import { limitOf, type RateLimitKind, resetOf } from "./rate-limit.ts";

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
  /** Why, where the body of an answer with status 200 says it: GraphQL. */
  readonly reason?: GitHubErrorReason | undefined;
  /** What was asked for: `"the list of addresses"`. */
  readonly what: string;
  /** The code for a 401. */
  readonly refused?: OAuthErrorCode | undefined;
  /** What to do next, where the caller knows better than the status says. */
  readonly advice?: Partial<Record<GitHubErrorReason, string>> | undefined;
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

/** What an error is made of. */
interface ReadAnswer {
  readonly code: OAuthErrorCode;
  readonly message: string;
  /** The fields of any OAuthError. */
  readonly base: OAuthErrorOptions;
  /** The fields of a GitHubApiError. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** Reads an error response. */
export function readAnswer(answer: GitHubErrorAnswer): ReadAnswer {
  const own = ownFields(answer);
  const { status, header, body, what, refused, advice, now } = own;
  const [said = `status ${status}`, page] = textsIn(body);
  const ssoUrl = ssoUrlOf(header("x-github-sso"));
  // GraphQL reports a limit with status 200.
  const limitStatus = own.reason === "primary-rate-limit" ? 429 : status;
  const limit = limitOf(limitStatus, header, said);
  const reason = limit ?? own.reason ?? reasonOf(status, said, ssoUrl);
  const { resetAt, isResetKnown } = resetOf(reason, header, now);
  const code = codeOf(reason, status, refused ?? "TOKEN_REJECTED");
  const next = advice?.[reason] ?? ADVICE[reason] ?? "";
  const base: OAuthErrorOptions = {
    provider: "github",
    status,
    error: said,
    errorUri: page,
    retryable: code === "RATE_LIMITED" || code === "SERVER_ERROR",
    retryAfter: resetAt && Math.ceil((resetAt.getTime() - now) / 1000),
  };
  const sentence = /[.!?]$/.test(said) ? said : `${said}.`;
  const message = `GitHub answered ${what} with: ${sentence} ${next}`.trim();
  const fields = { reason, resetAt, isResetKnown, ssoUrl, ...accepted(header) };
  return { code, message, base, own: fields };
}

/** The message, that of the first error where the response is GraphQL's; and the page about it. */
function textsIn(body: unknown): (string | undefined)[] {
  const { message, documentation_url: page, errors } = readFields(body);
  return [lineOf(message ?? readList(errors)?.[0]?.["message"]), lineOf(page)];
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

/** The URL of `required; url=https://…`. */
function ssoUrlOf(header: string | null | undefined): string | undefined {
  const url = /^required;\s*url=(https:\/\/\S+)$/i.exec(header ?? "")?.[1];
  return url !== undefined && URL.canParse(url) ? url : undefined;
}

function reasonOf(status: number, message: string, ssoUrl: string | undefined): GitHubErrorReason {
  if (ssoUrl !== undefined) return "sso-required";
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
  refused: OAuthErrorCode,
): OAuthErrorCode {
  if (/-rate-limit$|^login-attempts$/.test(reason)) return "RATE_LIMITED";
  if (reason === "sso-required") return "INTERACTION_REQUIRED";
  if (reason === "bad-credentials") return refused;
  return codeOfStatus(status) ?? "API_REQUEST_FAILED";
}
