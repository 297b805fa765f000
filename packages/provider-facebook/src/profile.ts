import type { Profile } from "@grantkit/core";
import {
  type Fields,
  isFilledText,
  ownFields,
  readFields,
  readText,
} from "@grantkit/core/requests";

/** The fields to ask `/me` for, which otherwise answers with id and name alone. */
export const PROFILE_FIELDS =
  "id,name,first_name,last_name,email,picture.width(256).height(256){url,is_silhouette}";

/** A user's profile at Facebook. */
export interface FacebookProfile extends Profile {
  /** The user of the Graph API, or the claims of an ID token, unchanged. */
  readonly raw: FacebookUserInfo;
}

/** Facebook's user: the fields that the profile asks for, or the claims of an ID token. */
export interface FacebookUserInfo {
  /** The user's ID within your app. */
  readonly id?: string;
  /** The same, in an ID token. */
  readonly sub?: string;
  /** Full name. */
  readonly name?: string;
  /** First name. */
  readonly first_name?: string;
  /** Last name. */
  readonly last_name?: string;
  /** The e-mail address; Facebook does not say whether it is verified. */
  readonly email?: string;
  /** The picture: an object of the Graph API, a URL in an ID token. */
  readonly picture?:
    string | { readonly data?: { readonly url?: string; readonly is_silhouette?: boolean } };
  /** Every other field, by its own name. */
  readonly [field: string]: unknown;
}

/**
 * Maps a Facebook user to a `Profile`, from the Graph API or from an ID token. Facebook does not say whether an address is
 * verified, and the address may be missing even where the permission was granted.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user
 */
export function facebookProfile(raw: Fields): FacebookProfile {
  const own = ownFields(raw);
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => own[name]).find(isFilledText);
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
  const { url, is_silhouette: silhouette } = readFields(readFields(picture)["data"]);
  // The gray silhouette stands for a missing picture.
  return silhouette === true ? undefined : readText(url);
}
