import type { IdTokenClaims, OAuth2Session, Token } from "@grantkit/core";
import { type Fields, ownFields, readFields, readTexts } from "@grantkit/core/requests";

/** Options of {@link groupsOf}. */
export interface GroupOptions {
  /**
   * Whether Microsoft Graph leaves out groups that are for mail only.
   *
   * @defaultValue `false`
   */
  readonly securityEnabledOnly?: boolean;
}

/**
 * Gives the app roles of a user, from the verified ID token: those that your app defines and an administrator has assigned.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/howto-add-app-roles-in-apps
 */
export function rolesOf(token: Token): readonly string[] {
  return readTexts(claimsOf(token)["roles"]) ?? [];
}

/**
 * Whether the user is in so many groups (200; 6 in the implicit grant) that the ID token says so instead of listing them.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference#groups-overage-claim
 */
export function hasGroupOverage(token: Token): boolean {
  const { _claim_names: names, hasgroups } = claimsOf(token);
  return hasgroups === true || Object.hasOwn(readFields(names), "groups");
}

/**
 * Gives the IDs of the groups that a user is in: those of the verified ID token, or where it has too many, those that
 * Microsoft Graph gives. The address in the ID token's `_claim_sources` is of an API that Microsoft has retired: nothing is
 * sent there.
 *
 * For the request to Microsoft Graph the token needs the scope `GroupMember.Read.All`.
 *
 * @returns undefined where the ID token says nothing about groups: the app's registration has to ask for the claim.
 * @throws What `session.post()` throws: an `ApiError` (403 for a missing scope), an `OAuthError`, ….
 * @see https://learn.microsoft.com/graph/api/directoryobject-getmemberobjects
 *
 * @example
 * ```ts
 * import { groupsOf, type OAuth2Session } from "@grantkit/provider-microsoft";
 *
 * export async function isAdministrator(session: OAuth2Session, groupId: string): Promise<boolean> {
 *   const groups = await groupsOf(session);
 *   return groups?.includes(groupId) ?? false;
 * }
 * ```
 */
export async function groupsOf(
  session: OAuth2Session,
  options: GroupOptions = {},
): Promise<readonly string[] | undefined> {
  const { token } = session;
  if (!hasGroupOverage(token)) return readTexts(claimsOf(token)["groups"]);
  const { securityEnabledOnly = false } = ownFields(options);
  const { data } = await session.post<unknown>("/me/getMemberObjects", { securityEnabledOnly });
  return readTexts(readFields(data)["value"]) ?? [];
}

function claimsOf({ claims }: Token): Fields {
  return ownFields<Partial<IdTokenClaims>>(claims ?? {});
}
