import { delimitedList } from "../server/parameters.ts";

/** What an access token may do, the least first. */
export const permissions = ["read", "write"] as const;

/** One of the things that an access token may do. */
export type OAuth1Permission = (typeof permissions)[number];

/** How the permission reads on the consent page. */
export function permissionMeaning(permission: OAuth1Permission): string {
  return permission === "read"
    ? "See your profile and your items"
    : "Add and change items in your name";
}

/** The permissions in a list such as `read,write`; undefined if there is anything else in it. Write includes read. */
export function askedPermissions(asked: string): readonly OAuth1Permission[] | undefined {
  const names = delimitedList(asked, /[\s,]+/);
  if (names.some((name) => name !== "read" && name !== "write")) return undefined;
  return names.includes("write") ? permissions : ["read"];
}
