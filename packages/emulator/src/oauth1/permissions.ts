import { delimitedList } from "../server/parameters.ts";

/** The permissions of access tokens. */
export const permissions = ["read", "write"] as const;

/** A permission of an access token. */
export type OAuth1Permission = (typeof permissions)[number];

/** Describes a permission on the consent page. */
export function permissionMeaning(permission: OAuth1Permission): string {
  return permission === "read"
    ? "See your profile and your items"
    : "Add and change items in your name";
}

/** Parses a list such as `read,write`; undefined if it has anything else. Write includes read. */
export function askedPermissions(asked: string): readonly OAuth1Permission[] | undefined {
  const names = delimitedList(asked, /[\s,]+/);
  if (names.some((name) => name !== "read" && name !== "write")) return undefined;
  return names.includes("write") ? permissions : ["read"];
}
