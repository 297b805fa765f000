import type { Profile } from "@grantkit/core";

type Body = Readonly<Record<string, unknown>>;

/** The fields to ask `/me` for, which otherwise answers with id and name alone. */
export const PROFILE_FIELDS =
  "id,name,first_name,last_name,email,picture.width(256).height(256){url,is_silhouette}";

/**
 * Maps a Facebook user to a `Profile`. Facebook does not say whether an address is verified, and the address may be missing
 * even where the permission was granted.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user
 */
export function facebookProfile(raw: Body): Profile {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    id: text("id") ?? "",
    email: text("email"),
    emailVerified: undefined,
    name: text("name"),
    givenName: text("first_name"),
    familyName: text("last_name"),
    picture: pictureOf(raw["picture"]),
    profileUrl: text("link"),
    raw,
  };
}

function pictureOf(picture: unknown): string | undefined {
  const { data } = (picture ?? {}) as { readonly data?: unknown };
  const { url, is_silhouette: silhouette } = (data ?? {}) as Body;
  // The gray silhouette stands for a missing picture.
  return typeof url === "string" && silhouette !== true ? url : undefined;
}
