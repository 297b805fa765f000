import { avatarUrl } from "../consent/avatar.ts";

/** A user of the Google emulator. */
export interface GoogleUser {
  /** The account's lasting id. */
  readonly sub: string;
  /** The address, which may change. */
  readonly email: string;
  /** Whether Google says that the address was verified. */
  readonly emailVerified: boolean;
  /** The full name. */
  readonly name: string;
  /**
   * The first name.
   *
   * @defaultValue none is told
   */
  readonly givenName?: string;
  /**
   * The last name.
   *
   * @defaultValue none is told
   */
  readonly familyName?: string;
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated one that the emulator serves
   */
  readonly picture?: string;
  /**
   * Domain of the Workspace organization.
   *
   * @defaultValue none: a consumer account
   */
  readonly hd?: string;
}

const SEEDED_USERS: readonly GoogleUser[] = [
  {
    sub: "110000000000000000001",
    email: "ada.lovelace@gmail.com",
    emailVerified: true,
    name: "Ada Lovelace",
    givenName: "Ada",
    familyName: "Lovelace",
  },
  {
    sub: "110000000000000000002",
    email: "grace@navy.example",
    emailVerified: true,
    name: "Grace Hopper",
    givenName: "Grace",
    familyName: "Hopper",
    hd: "navy.example",
  },
  // A consumer account on a foreign address that was never verified, of somebody with one name.
  {
    sub: "110000000000000000003",
    email: "hypatia@alexandria.example",
    emailVerified: false,
    name: "Hypatia",
    givenName: "Hypatia",
  },
];

/** The given users, or the seeded ones, each with a picture. */
export function googleUsers(
  origin: string,
  given: readonly GoogleUser[] = SEEDED_USERS,
): readonly GoogleUser[] {
  return given.map((user) => ({ picture: avatarUrl(origin, user.name), ...user }));
}
