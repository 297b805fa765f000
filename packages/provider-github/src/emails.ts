import { OAuthError, type OAuth2Session } from "@grantkit/core";
import { clockOf, type Fields, readList, readText } from "@grantkit/core/requests";
import { gitHubApiError } from "./api-error.ts";

/** An e-mail address of a user. */
export interface GitHubEmail {
  /** The address; it may be one of GitHub's own, `ID+login@users.noreply.github.com`. */
  readonly email: string;
  /** Whether the user has proved to own it. Never identify anybody by an address that is not verified. */
  readonly verified: boolean;
  /** Whether it is the primary one. */
  readonly primary: boolean;
  /** Whether the profile shows it; undefined where GitHub does not say. */
  readonly visibility: "public" | "private" | undefined;
}

/**
 * Lists all addresses of the session's user, of all pages.
 *
 * @param client - The session's client.
 */
export async function listEmails(client: object, session: OAuth2Session): Promise<GitHubEmail[]> {
  const all: GitHubEmail[] = [];
  try {
    for await (const { data } of session.pages<unknown>("/user/emails?per_page=100")) {
      const list = readList(data);
      if (!list) throw new OAuthError("USER_INFO_INVALID", NO_LIST, { provider: "github" });
      all.push(...list.flatMap(emailOf));
    }
    return all;
  } catch (error) {
    throw gitHubApiError(error, clockOf(client)) ?? error;
  }
}

function emailOf({ email: given, verified, primary, visibility }: Fields): GitHubEmail[] {
  const email = readText(given);
  if (email === undefined) return [];
  return [
    {
      email,
      verified: verified === true,
      primary: primary === true,
      visibility: visibility === "public" || visibility === "private" ? visibility : undefined,
    },
  ];
}

const NO_LIST =
  "GitHub's answer is not a list of addresses. Check the options host and endpoints, and any proxy in between.";
