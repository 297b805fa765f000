import { avatarUrl } from "../consent/avatar.ts";
import { CONSUMERS } from "./endpoints.ts";

/** A user of the Microsoft emulator. */
export interface MicrosoftUser {
  /** Id of the user in all applications of the tenant: a GUID. */
  readonly oid: string;
  /** Id of the user's tenant: a GUID; for personal accounts `9188040d-6c67-4c5b-b112-36a304b66dad`. */
  readonly tid: string;
  /** Name for signing in, the `preferred_username`, which may change. */
  readonly userPrincipalName: string;
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
   * E-mail address, which an administrator can set to any value.
   *
   * @defaultValue none
   */
  readonly email?: string;
  /**
   * Whether the owner of the address's domain is verified: the claim `xms_edov`.
   *
   * @defaultValue false
   */
  readonly emailDomainVerified?: boolean;
  /**
   * Ids of the user's groups.
   *
   * @defaultValue none
   */
  readonly groups?: readonly string[];
  /**
   * The user's roles in the application.
   *
   * @defaultValue none
   */
  readonly roles?: readonly string[];
  /**
   * Absolute URL of a picture.
   *
   * @defaultValue a generated picture that the emulator serves
   */
  readonly picture?: string;
}

/** The tenant in which the application is registered. */
export const HOME_TENANT: string = "11111111-aaaa-4aaa-8aaa-111111111111";

/** The tenant of Entra External ID, where every user has a customer account. */
export const EXTERNAL_TENANT: string = "33333333-eeee-4eee-8eee-333333333333";

const OTHER_TENANT = "22222222-bbbb-4bbb-8bbb-222222222222";

const MANY_GROUPS = Array.from(
  { length: 201 },
  (_, index) => `44444444-dddd-4ddd-8ddd-${String(index).padStart(12, "0")}`,
);

const SEEDED_USERS: readonly MicrosoftUser[] = [
  {
    oid: "00000000-0000-4000-8000-000000000001",
    tid: HOME_TENANT,
    userPrincipalName: "ada@contoso.example",
    name: "Ada Lovelace",
    givenName: "Ada",
    familyName: "Lovelace",
    email: "ada@contoso.example",
    emailDomainVerified: true,
    groups: ["33333333-cccc-4ccc-8ccc-333333333333"],
    roles: ["Engineer"],
  },
  // A personal account.
  {
    oid: "00000000-0000-0000-0000-000000000002",
    tid: CONSUMERS,
    userPrincipalName: "grace@outlook.example",
    name: "Grace Hopper",
    givenName: "Grace",
    familyName: "Hopper",
    email: "grace@outlook.example",
    emailDomainVerified: true,
  },
  // Of another tenant, whose administrator set the address of somebody else, and in too many groups for a token.
  {
    oid: "00000000-0000-4000-8000-000000000003",
    tid: OTHER_TENANT,
    userPrincipalName: "mallory@fabrikam.example",
    name: "Mallory",
    email: "ada@contoso.example",
    groups: MANY_GROUPS,
  },
];

/** Returns the given users, or the seeded ones, each with a picture. */
export function microsoftUsers(
  origin: string,
  given: readonly MicrosoftUser[] = SEEDED_USERS,
): readonly MicrosoftUser[] {
  return given.map((user) => ({ picture: avatarUrl(origin, user.name), ...user }));
}

/** Returns the account that a user has at the endpoints of a tenant. */
export function accountAt(tenant: string, user: MicrosoftUser): MicrosoftUser {
  return tenant === EXTERNAL_TENANT ? { ...user, tid: EXTERNAL_TENANT } : user;
}

/** Whether users of a tenant may sign in at the endpoints of `tenant`, which may be common, organizations or consumers. */
export function isTenantOf(tenant: string, { tid }: MicrosoftUser): boolean {
  if (tenant === "common") return true;
  if (tenant === "organizations") return tid !== CONSUMERS;
  return tenant === "consumers" ? tid === CONSUMERS : tenant === tid;
}
