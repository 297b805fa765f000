import { type ApiReader, isOAuthError, OAuthError, type OAuth2Session } from "@grantkit/core";
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
  try {
    const all = await allEmails(async (path) => {
      const list = readList((await session.get<unknown>(path)).data);
      if (!list) throw unusable("is not a list of addresses");
      return list;
    });
    return all.flatMap(emailOf);
  } catch (error) {
    throw gitHubApiError(error, clockOf(client)) ?? error;
  }
}

/**
 * Fetches the user with the list of their addresses: `/user` alone has only the public address, which is not verified.
 * Without permission to read the list (404 for OAuth Apps, 403 for GitHub Apps) the list is empty.
 *
 * @see https://docs.github.com/rest/users/emails
 */
export async function userWithEmails(api: ApiReader): Promise<Fields> {
  const [user, emails] = await Promise.all([
    api.get("/user"),
    allEmails(async (path) => readList(await api.get(path)) ?? []).catch((error: unknown) => {
      // A rate limit is a 403 too, but has another code: it must not look like a user without an address.
      const isRefused = isOAuthError(error) && error.code === "API_REQUEST_FAILED";
      if (isRefused && (error.status === 403 || error.status === 404)) return [];
      throw error;
    }),
  ]);
  return { ...user, emails };
}

const PER_PAGE = 100;
/** Nobody has more addresses: a list that never ends must not be read for ever. */
const MOST_PAGES = 10;

async function allEmails(get: (path: string) => Promise<Fields[]>): Promise<readonly Fields[]> {
  const all: Fields[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const list = await get(`/user/emails?per_page=${PER_PAGE}&page=${page}`);
    all.push(...list);
    if (list.length < PER_PAGE) return all;
  }
  throw unusable(`has more than ${MOST_PAGES * PER_PAGE} addresses, which nobody has`);
}

function unusable(why: string): OAuthError {
  const message = `GitHub's answer ${why}. Check the options host and endpoints, and any proxy in between.`;
  return new OAuthError("USER_INFO_INVALID", message, { provider: "github" });
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
