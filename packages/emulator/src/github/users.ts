import { avatarUrl } from "../consent/avatar.ts";

/** An e-mail address of a GitHub user. */
export interface GitHubEmail {
  /** The address. */
  readonly email: string;
  /** Whether it is the one that GitHub writes to. */
  readonly primary: boolean;
  /** Whether the user has shown that it is theirs. */
  readonly verified: boolean;
  /** Who sees it; GitHub says so of the primary one only. */
  readonly visibility: "public" | "private" | null;
}

/** A repository of a GitHub user. */
export interface GitHubRepository {
  /** The name without its owner. */
  readonly name: string;
  /** Whether it is hidden from those without the scope `repo`. */
  readonly private: boolean;
}

/** A user of the GitHub emulator. */
export interface GitHubUser {
  /** The account's lasting id, a number on the wire. */
  readonly id: number;
  /** The user name, which may change. */
  readonly login: string;
  /** The full name, or null. */
  readonly name: string | null;
  /** The address on the public profile, or null. It says nothing about verification. */
  readonly email: string | null;
  /** All addresses, as `/user/emails` lists them. */
  readonly emails: readonly GitHubEmail[];
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated one that the emulator serves
   */
  readonly avatarUrl?: string;
  /**
   * The user's repositories.
   *
   * @defaultValue three public ones and one private one
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
  // No public address; the primary one is not the first of the list.
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
  // No name, and no primary address that was verified: there is no address to trust.
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

/** The given users, or the seeded ones, each with a picture and repositories. */
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
