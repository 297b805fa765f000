import { OAuthError, type OAuth2Session, type SessionRequestInit } from "@grantkit/core";
import { isObject, ownFields, Redactor } from "@grantkit/core/requests";
import { GitHubApiError } from "./api-error.ts";
import type { GitHubErrorAnswer, GitHubErrorReason } from "./error-answer.ts";

/** A request to the REST API whose answer this package reads. */
export interface RestCall extends Pick<GitHubErrorAnswer, "what" | "refused" | "advice"> {
  readonly method: "GET" | "POST" | "PATCH";
  /** A path of the API. */
  readonly path: string;
  /** The body. */
  readonly json?: object;
  /** The `Authorization` header in place of the session's token. */
  readonly authorization?: string;
  /** What no error may show, beside the session's token. */
  readonly secrets?: readonly (string | undefined)[];
  /** Tells which error statuses are an answer: undefined is returned then. */
  readonly isAbsent?: (status: number, body: unknown) => boolean;
  /** Tells why an answer with status 200 is a refusal: undefined for one that is none. */
  readonly reasonOf?: (body: unknown) => GitHubErrorReason | undefined;
  /** Sends no credential at all. */
  readonly anonymous?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Sends a request to the REST API, and returns the JSON object of its answer; undefined where that is {@link RestCall.isAbsent}.
 *
 * @throws GitHubApiError for an error status; OAuthError for a failing network, and `API_REQUEST_FAILED` for an answer that
 * is no JSON object.
 */
export async function callGitHub(
  session: OAuth2Session,
  given: RestCall,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const call = ownFields(given);
  const { what, isAbsent, reasonOf } = call;
  const response = await session.fetch(call.path, requestOf(call));
  const text = await response.text();
  const { status, ok } = response;
  const body = parsed(text);
  const reason = ok ? reasonOf?.(body) : undefined;
  if (reason === undefined && ok && isObject(body) && !Array.isArray(body)) return ownFields(body);
  if (isAbsent?.(status, body) === true) return undefined;
  if (status >= 400 || reason) throw refusal(session, call, response, text, reason);
  const message = `GitHub's answer to ${what} cannot be read (status ${status}). Check the options host and endpoints, and any proxy in between.`;
  throw new OAuthError("API_REQUEST_FAILED", message, { provider: "github", status });
}

function requestOf({
  method,
  json,
  authorization,
  anonymous,
  signal,
}: RestCall): SessionRequestInit {
  return {
    method,
    headers: {
      ...(json && { "content-type": "application/json" }),
      ...(authorization !== undefined && { authorization }),
    },
    ...(json && { body: JSON.stringify(json) }),
    ...(signal && { signal }),
    withholdToken: authorization !== undefined || anonymous === true,
    // Another host must not answer in GitHub's place.
    redirect: "manual",
  };
}

function refusal(
  session: OAuth2Session,
  { what, refused, advice, authorization, secrets = [], now }: RestCall,
  { status, headers }: Response,
  text: string,
  reason: GitHubErrorReason | undefined,
): GitHubApiError {
  const credential = authorization?.replace(/^\w+ /, "");
  const redactor = new Redactor([tokenOf(session), credential, ...secrets]);
  return new GitHubApiError({
    status,
    header: (name) => headers.get(name),
    body: parsed(redactor.text(text)),
    what,
    ...(reason && { reason }),
    ...(refused && { refused }),
    ...(advice && { advice }),
    now: now(),
  });
}

function tokenOf(session: OAuth2Session): string | undefined {
  try {
    return session.token.accessToken;
  } catch {
    // A session that gets its own tokens has none before its first request.
    return undefined;
  }
}

/** Whether the body is that of GitHub's own 404. A wrong host and a proxy in between answer 404 too. */
export function isGitHubs404(status: number, body: unknown): boolean {
  if (status !== 404 || !isObject(body)) return false;
  const { message, documentation_url: page } = ownFields(body);
  return (
    message === "Not Found" &&
    typeof page === "string" &&
    /^https:\/\/(?:docs|developer)\.github\.com\//.test(page)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
