import { avatarUrl } from "../consent/avatar.ts";

/** A user of the Google emulator. */
export interface GoogleUser {
  /** Permanent id of the account. */
  readonly sub: string;
  /** E-mail address, which may change. */
  readonly email: string;
  /** Whether Google reports the address as verified. */
  readonly emailVerified: boolean;
  /** Full name. */
  readonly name: string;
  /**
   * First name.
   *
   * @defaultValue none
   */
  readonly givenName?: string;
  /**
   * Last name.
   *
   * @defaultValue none
   */
  readonly familyName?: string;
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated picture that the emulator serves
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
  // A consumer account with an unverified address of another domain, and with a single name.
  {
    sub: "110000000000000000003",
    email: "hypatia@alexandria.example",
    emailVerified: false,
    name: "Hypatia",
    givenName: "Hypatia",
  },
];

/** Returns the given users, or the seeded ones, each with a picture. */
export function googleUsers(
  origin: string,
  given: readonly GoogleUser[] = SEEDED_USERS,
): readonly GoogleUser[] {
  return given.map((user) => ({ picture: avatarUrl(origin, user.name), ...user }));
}
