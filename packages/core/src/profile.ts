/** A user as every provider can describe one. What a provider does not know is undefined. */
export interface Profile {
  /** The user's id at this provider, as a string: with the provider's name, the key to know a user by. */
  readonly id: string;
  /** An e-mail address. It is no identity: it can change hands, and only `emailVerified` says whose it is. */
  readonly email?: string | undefined;
  /** Whether the provider says that the address is the user's; undefined when it does not say. */
  readonly emailVerified?: boolean | undefined;
  /** Full name, as the user wants it shown. */
  readonly name?: string | undefined;
  /** Given name. */
  readonly givenName?: string | undefined;
  /** Family name. */
  readonly familyName?: string | undefined;
  /** A handle, which the user can change. */
  readonly username?: string | undefined;
  /** URL of a picture. */
  readonly picture?: string | undefined;
  /** Language tag. */
  readonly locale?: string | undefined;
  /** URL of the user's page at the provider. */
  readonly profileUrl?: string | undefined;
  /** All that the provider sent, by its own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * The user info of OpenID Connect as a {@link Profile} (OpenID Connect Core §5.1): what a provider's `profile`
 * is when it defines none.
 */
export function openIdProfile(raw: Readonly<Record<string, unknown>>): Profile {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const verified = raw["email_verified"];
  return {
    id: text("sub") ?? "",
    email: text("email"),
    emailVerified: typeof verified === "boolean" ? verified : undefined,
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
