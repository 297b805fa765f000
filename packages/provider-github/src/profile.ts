import type { Profile } from "@grantkit/core";
import { readId, readText } from "@grantkit/core/requests";
import { verifiedPrimaryEmail } from "./verified-emails.ts";

/**
 * Maps a GitHub user to a `Profile`. `email` is the verified primary address or undefined: never the public address, and
 * never just the first of the list.
 *
 * @see https://docs.github.com/rest/users/users#get-the-authenticated-user
 */
export function gitHubProfile(raw: Readonly<Record<string, unknown>>): Profile {
  const text = (name: string): string | undefined => readText(raw[name]);
  const email = verifiedPrimaryEmail(raw);
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
