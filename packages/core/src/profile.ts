import { ownFields } from "./options/own-fields.ts";
import { readText } from "./options/read-fields.ts";

/** A user's profile in one shape for all providers. A field that the provider does not know is undefined. */
export interface Profile {
  /** The user's ID at this provider, as a string. Identify a user by it together with the provider's name. */
  readonly id: string;
  /** The e-mail address. Do not identify users by it: it can change owners, and only `emailVerified` says that it is theirs. */
  readonly email?: string | undefined;
  /** Whether the provider has verified the address; undefined when it does not say. */
  readonly emailVerified?: boolean | undefined;
  /** Full name, for display. */
  readonly name?: string | undefined;
  /** Given name. */
  readonly givenName?: string | undefined;
  /** Family name. */
  readonly familyName?: string | undefined;
  /** User name, which the user can change. */
  readonly username?: string | undefined;
  /** URL of the user's picture. */
  readonly picture?: string | undefined;
  /** The user's language tag, for example `en-US`. */
  readonly locale?: string | undefined;
  /** URL of the user's page at the provider. */
  readonly profileUrl?: string | undefined;
  /** The provider's own user info, unchanged. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * Maps the user info of OpenID Connect (Core §5.1) to a {@link Profile}: the `profile` function of a provider that defines
 * none.
 */
export function openIdProfile(raw: Readonly<Record<string, unknown>>): Profile {
  const own = ownFields(raw);
  const text = (name: string): string | undefined => readText(own[name]);
  return {
    id: text("sub") ?? "",
    email: text("email"),
    emailVerified: flagOf(own["email_verified"]),
    name: text("name"),
    givenName: text("given_name"),
    familyName: text("family_name"),
    username: text("preferred_username"),
    picture: text("picture"),
    locale: text("locale"),
    profileUrl: text("profile"),
    raw,
  };
}

/** Reads a flag; Apple writes `email_verified` as a text. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : undefined;
}
