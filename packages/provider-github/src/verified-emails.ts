import { type ApiReader, isOAuthError } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

/** Under this name the list of addresses joins the user in `profile.raw`. */
const EMAILS = "emails";

/**
 * The user, with the list of their addresses: `/user` alone has a public address that proves nothing.
 * Without permission to read the list (404 for OAuth Apps, 403 for GitHub Apps) the user comes without it.
 *
 * @see https://docs.github.com/rest/users/emails
 */
export async function userWithEmails(api: ApiReader): Promise<Body> {
  const [user, emails] = await Promise.all([
    api.get("/user"),
    api.get("/user/emails?per_page=100").catch((error: unknown) => {
      if (isForbidden(error)) return [];
      throw error;
    }),
  ]);
  return { ...(user as Body), [EMAILS]: Array.isArray(emails) ? (emails as unknown) : [] };
}

// A limit is a 403 too, and says nothing about whether the user has an address: its code is another.
function isForbidden(error: unknown): boolean {
  return (
    isOAuthError(error) &&
    error.code === "API_REQUEST_FAILED" &&
    (error.status === 403 || error.status === 404)
  );
}

/** The address that is both primary and verified; no other is good enough to know somebody by. */
export function verifiedPrimaryEmail(user: Body): string | undefined {
  const emails = user[EMAILS];
  if (!Array.isArray(emails)) return undefined;
  const entry = (emails as unknown[]).find((candidate) => {
    const { primary, verified } = (candidate ?? {}) as Body;
    return primary === true && verified === true;
  }) as Body | undefined;
  return typeof entry?.["email"] === "string" ? entry["email"] : undefined;
}
