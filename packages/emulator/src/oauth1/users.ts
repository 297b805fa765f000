import { avatarUrl } from "../consent/avatar.ts";

/** A user of the OAuth 1.0a emulator. */
export interface OAuth1User {
  /** Permanent id of the account. */
  readonly id: string;
  /** User name in replies with an access token. */
  readonly screenName: string;
  /** Full name. */
  readonly name: string;
  /** E-mail address, or null. */
  readonly email: string | null;
  /**
   * Password for xAuth.
   *
   * @defaultValue "correct horse battery staple"
   */
  readonly password?: string;
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated picture that the emulator serves
   */
  readonly picture?: string;
}

const SEEDED_USERS: readonly OAuth1User[] = [
  { id: "1815", screenName: "ada_l", name: "Ada Lovelace", email: "ada@lovelace.example" },
  { id: "1906", screenName: "gracehopper", name: "Grace Hopper", email: null },
  // All of these values need encoding in a form.
  {
    id: "1706",
    screenName: "émilie & co+",
    name: "Émilie du Châtelet",
    email: "emilie+newton@cirey.example",
  },
];

/** Returns the given users, or the seeded ones, each with a password and a picture. */
export function oauth1Users(
  origin: string,
  given: readonly OAuth1User[] = SEEDED_USERS,
): readonly OAuth1User[] {
  return given.map((user) => ({
    ...user,
    password: user.password ?? "correct horse battery staple",
    picture: user.picture ?? avatarUrl(origin, user.name),
  }));
}
