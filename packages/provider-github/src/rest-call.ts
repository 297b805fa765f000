import type { OAuth2Session } from "@grantkit/core";
import {
  type ApiCall,
  type ApiCallAnswer,
  callApi,
  type Fields,
  matches,
  ownFields,
} from "@grantkit/core/requests";
import { GitHubApiError } from "./api-error.ts";
import type { GitHubErrorAnswer, GitHubErrorReason } from "./error-answer.ts";

/** A request to the REST API whose answer this package reads. */
export interface RestCall
  extends
    Omit<ApiCall, "advice" | "codes" | "isRefused" | "refusal">,
    Pick<GitHubErrorAnswer, "refused" | "advice"> {
  /** Tells why an answer with status 200 is a refusal: undefined for one that is none. */
  readonly reasonOf?: (body: Fields) => GitHubErrorReason | undefined;
}

/**
 * Sends a request to the REST API.
 *
 * @throws GitHubApiError for an error status; OAuthError for a failing network, ….
 */
export function callGitHub(session: OAuth2Session, given: RestCall): Promise<ApiCallAnswer> {
  const { refused, advice, reasonOf, ...call } = ownFields(given);
  const { what } = call;
  return callApi(session, {
    ...call,
    isRefused: (body) => reasonOf?.(body) !== undefined,
    refusal: (answer) => {
      const reason = answer.status < 400 ? reasonOf?.(answer.body) : undefined;
      return new GitHubApiError({ ...answer, reason, what, refused, advice });
    },
  });
}

const isGitHubsPage = matches(/^https:\/\/(?:docs|developer)\.github\.com\//);

/** Whether an error is GitHub's own 404. A wrong host and a proxy in between answer 404 too. */
export function isGitHubs404(status: number | undefined, message: unknown, page: unknown): boolean {
  return status === 404 && message === "Not Found" && isGitHubsPage(page);
}
