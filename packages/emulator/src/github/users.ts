import { avatarUrl } from "../consent/avatar.ts";

/** An e-mail address of a GitHub user. */
export interface GitHubEmail {
  /** E-mail address. */
  readonly email: string;
  /** Whether this is the address that GitHub writes to. */
  readonly primary: boolean;
  /** Whether the user has verified the address. */
  readonly verified: boolean;
  /** Visibility, which GitHub sends only for the primary address. */
  readonly visibility: "public" | "private" | null;
}

/** A repository of a GitHub user. */
export interface GitHubRepository {
  /** Name without the owner. */
  readonly name: string;
  /** Whether the scope `repo` is needed to see it. */
  readonly private: boolean;
}

/** A user of the GitHub emulator. */
export interface GitHubUser {
  /** Permanent id of the account, a number on the wire. */
  readonly id: number;
  /** User name, which may change. */
  readonly login: string;
  /** Full name, or null. */
  readonly name: string | null;
  /** E-mail address on the public profile, or null. It may be unverified. */
  readonly email: string | null;
  /** All e-mail addresses, as `/user/emails` lists them. */
  readonly emails: readonly GitHubEmail[];
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated picture that the emulator serves
   */
  readonly avatarUrl?: string;
  /**
   * Repositories of the user.
   *
   * @defaultValue three public repositories and a private one
   */
  readonly repositories?: readonly GitHubRepository[];
}

const SEEDED_USERS: readonly GitHubUser[] = [
  {
    id: 1815,
    login: "ada-l",
    name: "Ada Lovelace",
    email: "ada@lovelace.example",
    emails: [
      { email: "ada@lovelace.example", primary: true, verified: true, visibility: "public" },
    ],
  },
  // No public address; the primary address is not the first of the list.
  {
    id: 1906,
    login: "gracehopper",
    name: "Grace Hopper",
    email: null,
    emails: [
      { email: "old@hopper.example", primary: false, verified: false, visibility: null },
      {
        email: "1906+gracehopper@users.noreply.github.com",
        primary: false,
        verified: true,
        visibility: null,
      },
      { email: "grace@navy.example", primary: true, verified: true, visibility: "private" },
    ],
  },
  // No name, and no verified primary address.
  {
    id: 370,
    login: "hypatia",
    name: null,
    email: "hypatia@alexandria.example",
    emails: [
      { email: "hypatia@alexandria.example", primary: true, verified: false, visibility: "public" },
      { email: "hypatia@museion.example", primary: false, verified: true, visibility: null },
    ],
  },
];

const SEEDED_REPOSITORIES: readonly GitHubRepository[] = [
  { name: "engine", private: false },
  { name: "notes", private: false },
  { name: "diary", private: true },
  { name: "website", private: false },
];

/** Returns the given users, or the seeded ones, each with a picture and repositories. */
export function githubUsers(
  origin: string,
  given: readonly GitHubUser[] = SEEDED_USERS,
): readonly GitHubUser[] {
  return given.map((user) => ({
    avatarUrl: avatarUrl(origin, user.name ?? user.login),
    repositories: SEEDED_REPOSITORIES,
    ...user,
  }));
}
