import { avatarUrl, silhouetteUrl } from "../consent/avatar.ts";

/** A page that a Facebook user manages. */
export interface FacebookPage {
  /** Id of the page: digits, too many for a JavaScript number. */
  readonly id: string;
  /** Name of the page. */
  readonly name: string;
  /** The user's tasks on the page, for instance `MANAGE`. */
  readonly tasks: readonly string[];
}

/** A user of the Facebook emulator. */
export interface FacebookUser {
  /** App-scoped id: digits, too many for a JavaScript number. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  /** First name. */
  readonly firstName: string;
  /** Last name. */
  readonly lastName: string;
  /**
   * E-mail address.
   *
   * @defaultValue none, as for users who signed up with a phone number
   */
  readonly email?: string;
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated picture that the emulator serves
   */
  readonly picture?: string;
  /**
   * Whether the picture is the silhouette of users without one.
   *
   * @defaultValue false
   */
  readonly silhouette?: boolean;
  /**
   * Pages that the user manages.
   *
   * @defaultValue none
   */
  readonly pages?: readonly FacebookPage[];
}

const ALL_TASKS = ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"];

const SEEDED_USERS: readonly FacebookUser[] = [
  {
    id: "10223344556677881",
    name: "Ada Lovelace",
    firstName: "Ada",
    lastName: "Lovelace",
    email: "ada@lovelace.example",
    pages: [
      { id: "20223344556677881", name: "Analytical Engine", tasks: ALL_TASKS },
      { id: "20223344556677882", name: "Poetical Science", tasks: ["ANALYZE", "MODERATE"] },
      { id: "20223344556677883", name: "Bernoulli Numbers", tasks: ALL_TASKS },
    ],
  },
  // Signed up with a phone number: no address, even with the permission.
  { id: "10223344556677882", name: "Grace Hopper", firstName: "Grace", lastName: "Hopper" },
  {
    id: "10223344556677883",
    name: "Mary Somerville",
    firstName: "Mary",
    lastName: "Somerville",
    email: "mary@somerville.example",
    silhouette: true,
  },
];

/** Returns the given users, or the seeded ones, each with a picture. */
export function facebookUsers(
  origin: string,
  given: readonly FacebookUser[] = SEEDED_USERS,
): readonly FacebookUser[] {
  return given.map((user) => ({
    picture: user.silhouette === true ? silhouetteUrl(origin) : avatarUrl(origin, user.name),
    ...user,
  }));
}
