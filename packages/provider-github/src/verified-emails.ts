import { type ApiReader, isOAuthError } from "@grantkit/core";
import { type Fields, readList, readText } from "@grantkit/core/requests";

/** The name of the list of addresses in `profile.raw`. */
const EMAILS = "emails";

/**
 * Fetches the user with the list of their addresses: `/user` alone has only the public address, which is not verified.
 * Without permission to read the list (404 for OAuth Apps, 403 for GitHub Apps) the list is empty.
 *
 * @see https://docs.github.com/rest/users/emails
 */
export async function userWithEmails(api: ApiReader): Promise<Fields> {
  const [user, emails] = await Promise.all([
    api.get("/user"),
    allEmails(api).catch((error: unknown) => {
      if (isForbidden(error)) return [];
      throw error;
    }),
  ]);
  return { ...user, [EMAILS]: emails };
}

const PER_PAGE = 100;
/** Nobody has more addresses: a server that never ends must not be asked for ever. */
const MOST_PAGES = 10;

async function allEmails(api: ApiReader): Promise<readonly Fields[]> {
  const all: Fields[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const further = page === 1 ? "" : `&page=${page}`;
    const list = readList(await api.get(`/user/emails?per_page=${PER_PAGE}${further}`)) ?? [];
    all.push(...list);
    if (list.length < PER_PAGE) break;
  }
  return all;
}

// A rate limit is a 403 too, but has another code: it must not look like a user without an address.
function isForbidden(error: unknown): boolean {
  return (
    isOAuthError(error) &&
    error.code === "API_REQUEST_FAILED" &&
    (error.status === 403 || error.status === 404)
  );
}

/** Returns the address that is both primary and verified; no other identifies a user. */
export function verifiedPrimaryEmail(user: Fields): string | undefined {
  const found = readList(user[EMAILS])?.find(
    ({ primary, verified }) => primary === true && verified === true,
  );
  return readText(found?.["email"]);
}
