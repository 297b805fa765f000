import {
  ConfigurationError,
  isOAuthError,
  OAuthError,
  type OAuthErrorCode,
  type OAuth2Session,
} from "@grantkit/core";
import { ownFields } from "@grantkit/core/requests";

/** The credentials that authenticate the app itself. */
export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

/**
 * Deletes a session's token, or the whole grant: all tokens and the user's consent. GitHub has this in place of RFC 7009.
 *
 * @see https://docs.github.com/rest/apps/oauth-applications
 */
export async function deleteAtGitHub(
  what: "token" | "grant",
  session: OAuth2Session,
  { clientId, clientSecret }: AppCredentials,
): Promise<void> {
  if (clientSecret === undefined) {
    const problem =
      "the client needs a clientSecret: GitHub deletes tokens only for the authenticated app";
    throw new ConfigurationError("The deletion of a token", [problem], "github");
  }
  const { status, data } = await session
    .delete<unknown>(`/applications/${encodeURIComponent(clientId)}/${what}`, {
      withholdToken: true,
      auth: { username: clientId, password: clientSecret },
      data: { access_token: session.token.accessToken },
      validateStatus: () => true,
    })
    .catch((error: unknown) => {
      throw withoutSecret(error);
    });
  // GitHub's 404 means that there is no such token, or no longer: the goal is reached.
  if (status !== 204 && !(status === 404 && isGitHubs404(data))) throw refusal(status);
}

/**
 * Whether the body is that of GitHub's own 404. A wrong host and a proxy in between answer 404 too, and the token lives on.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
function isGitHubs404(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  const { message, documentation_url: page } = ownFields(body as Readonly<Record<string, unknown>>);
  return (
    message === "Not Found" &&
    typeof page === "string" &&
    /^https:\/\/(?:docs|developer)\.github\.com\//.test(page)
  );
}

/** Replaces an error of axios, whose request contains the client secret. */
function withoutSecret(error: unknown): OAuthError {
  if (isOAuthError(error)) return error;
  return new OAuthError(
    "NETWORK_ERROR",
    "GitHub could not be reached, so the token may still be valid. Try again.",
    { provider: "github", retryable: true },
  );
}

function refusal(status: number): OAuthError {
  const { code, advice } = MEANINGS[status] ?? (status >= 500 ? TROUBLE : REFUSED);
  return new OAuthError(
    code,
    `The request to delete a token was answered with status ${status}, so the token may still be valid. ${advice}`,
    { provider: "github", status, retryable: code === "RATE_LIMITED" || code === "SERVER_ERROR" },
  );
}

interface Meaning {
  readonly code: OAuthErrorCode;
  readonly advice: string;
}

const LIMIT: Meaning = { code: "RATE_LIMITED", advice: "Wait before the next call." };
const TROUBLE: Meaning = { code: "SERVER_ERROR", advice: "Try again later." };
const REFUSED: Meaning = { code: "API_REQUEST_FAILED", advice: "Check the token." };

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: { code: "INVALID_CLIENT", advice: "Check clientId and clientSecret." },
  403: LIMIT,
  404: {
    code: "API_REQUEST_FAILED",
    advice:
      "This 404 is not GitHub's own: check the options host and endpoints, and any proxy in between.",
  },
  429: LIMIT,
};
