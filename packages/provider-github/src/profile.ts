import type { Profile } from "@grantkit/core";
import { readId, readList, readText } from "@grantkit/core/requests";

/** A user's profile at GitHub. */
export interface GitHubProfile extends Profile {
  /** GitHub's user, unchanged; `emails` is the list of addresses, if it was readable. */
  readonly raw: GitHubUserInfo;
}

/** GitHub's user: its best-known fields. */
export interface GitHubUserInfo {
  /** The user's ID. */
  readonly id?: number;
  /** User name, which the user can change. */
  readonly login?: string;
  /** Full name. */
  readonly name?: string | null;
  /** The public address, which is not verified. */
  readonly email?: string | null;
  /** URL of the picture. */
  readonly avatar_url?: string;
  /** URL of the user's page. */
  readonly html_url?: string;
  /** Company, as the user wrote it. */
  readonly company?: string | null;
  /** Every other field, by its own name. */
  readonly [field: string]: unknown;
}

/**
 * Maps a GitHub user to a `Profile`. `email` is the verified primary address or undefined: never the public address, and
 * never just the first of the list.
 *
 * @see https://docs.github.com/rest/users/users#get-the-authenticated-user
 */
export function gitHubProfile(raw: Readonly<Record<string, unknown>>): GitHubProfile {
  const text = (name: string): string | undefined => readText(raw[name]);
  // No other address identifies a user.
  const main = readList(raw["emails"])?.find(
    ({ primary, verified }) => primary === true && verified === true,
  );
  const email = readText(main?.["email"]);
  return {
    id: readId(raw["id"]) ?? "",
    email,
    emailVerified: email === undefined ? undefined : true,
    name: text("name") ?? text("login"),
    username: text("login"),
    picture: text("avatar_url"),
    profileUrl: text("html_url"),
    raw,
  };
}
