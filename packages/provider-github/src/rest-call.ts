import type { OAuth2Session } from "@grantkit/core";
import { type ApiCall, type ApiCallAnswer, callApi } from "@grantkit/core/requests";
import { GitHubApiError } from "./api-error.ts";
import type { GitHubErrorAnswer } from "./error-answer.ts";

/** A request to the REST API whose answer this package reads. */
export type RestCall = Omit<ApiCall, "advice" | "codes" | "refusal"> &
  Pick<GitHubErrorAnswer, "refused" | "advice">;

/**
 * Sends a request to the REST API.
 *
 * @throws GitHubApiError for an error status; OAuthError for a failing network, ….
 */
export function callGitHub(
  session: OAuth2Session,
  { refused, advice, ...call }: RestCall,
): Promise<ApiCallAnswer> {
  const { what } = call;
  return callApi(session, {
    ...call,
    refusal: (answer) => new GitHubApiError({ ...answer, what, refused, advice }),
  });
}

/** Whether an error is GitHub's own 404. A wrong host and a proxy in between answer 404 too. */
export function isGitHubs404(status: number | undefined, message: unknown, page: unknown): boolean {
  return (
    status === 404 &&
    message === "Not Found" &&
    typeof page === "string" &&
    /^https:\/\/(?:docs|developer)\.github\.com\//.test(page)
  );
}
