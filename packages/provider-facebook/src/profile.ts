import type { Profile } from "@grantkit/core";
import { ownFields } from "@grantkit/core/requests";

type Body = Readonly<Record<string, unknown>>;

/** The fields to ask `/me` for, which otherwise answers with id and name alone. */
export const PROFILE_FIELDS =
  "id,name,first_name,last_name,email,picture.width(256).height(256){url,is_silhouette}";

/**
 * Maps a Facebook user to a `Profile`, from the Graph API or from an ID token. Facebook does not say whether an address is
 * verified, and the address may be missing even where the permission was granted.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user
 */
export function facebookProfile(raw: Body): Profile {
  const own = ownFields(raw);
  const text = (...names: readonly string[]): string | undefined =>
    names
      .map((name) => own[name])
      .find((value): value is string => typeof value === "string" && value !== "");
  return {
    id: text("id", "sub") ?? "",
    email: text("email"),
    emailVerified: undefined,
    name: text("name"),
    givenName: text("first_name", "given_name"),
    familyName: text("last_name", "family_name"),
    picture: text("picture") ?? pictureOf(own["picture"]),
    profileUrl: text("link", "user_link"),
    raw,
  };
}

function pictureOf(picture: unknown): string | undefined {
  const { data } = (picture ?? {}) as { readonly data?: unknown };
  const { url, is_silhouette: silhouette } = (data ?? {}) as Body;
  // The gray silhouette stands for a missing picture.
  return typeof url === "string" && silhouette !== true ? url : undefined;
}
