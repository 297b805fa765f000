import {
  ConfigurationError,
  openIdProfile,
  type Profile,
  type ProviderDefinition,
} from "@grantkit/core";
import { type Fields, ownFields, readText, readTexts } from "@grantkit/core/requests";

/**
 * Which claim is a profile's `id`.
 *
 * - `"sub"`: the user at your app. It differs from app to app, and nobody else gets it.
 * - `"oid"`: the user's object in the directory, the `id` of Microsoft Graph, the same for all apps. A guest has another one
 *   in each tenant.
 * - `"oid.tid"`: the object and its tenant, which MSAL calls `homeAccountId`.
 */
export type MicrosoftProfileId = "sub" | "oid" | "oid.tid";

/** A user's profile at Microsoft. */
export interface MicrosoftProfile extends Profile {
  /** The claims of the ID token, or the user of Microsoft Graph, unchanged. */
  readonly raw: MicrosoftUserInfo;
}

/**
 * What Microsoft says of a user: the claims of an ID token, or without one the user of Microsoft Graph.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 * @see https://learn.microsoft.com/graph/api/resources/user
 */
export interface MicrosoftUserInfo {
  /** The user at your app. */
  readonly sub?: string;
  /** The user's object in the directory. */
  readonly oid?: string;
  /** The tenant in which the user signed in. */
  readonly tid?: string;
  /** Full name. */
  readonly name?: string;
  /** User name, which can change. */
  readonly preferred_username?: string;
  /** The e-mail address, which an administrator can set to anything. */
  readonly email?: string;
  /** Whether the owner of the address's domain is verified: an optional claim. */
  readonly xms_edov?: boolean | number | string;
  /** Microsoft Graph: the user's object in the directory. */
  readonly id?: string;
  /** Microsoft Graph: full name. */
  readonly displayName?: string | null;
  /** Microsoft Graph: the e-mail address. */
  readonly mail?: string | null;
  /** Microsoft Graph: user name. */
  readonly userPrincipalName?: string;
  /** Every other claim or field, by its own name. */
  readonly [name: string]: unknown;
}

/**
 * Makes the `userInfo` function: the claims of the verified ID token, which Microsoft recommends, without a request. A token
 * without an ID token has the user of Microsoft Graph, whose `id` is `oid`.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/userinfo#consider-using-an-id-token-instead
 */
export function userInfoBy(
  profileId: MicrosoftProfileId,
): NonNullable<ProviderDefinition["userInfo"]> {
  return async (api, { claims }) => {
    if (claims) return claims;
    if (profileId === "oid") return api.get("/me");
    throw new ConfigurationError("profile()", [
      `the token has no ID token, which has ${profileId}: ask for the scope openid when the user signs in, or set profileId: "oid"`,
    ]);
  };
}

/** Makes the `profile` function, for the claims of an ID token and for a user of Microsoft Graph. */
export function profileBy(profileId: MicrosoftProfileId): (raw: Fields) => MicrosoftProfile {
  return (raw) => {
    const own = ownFields(raw);
    const common = openIdProfile(asClaims(own));
    const { email } = common;
    return {
      ...common,
      id: idOf(own, profileId) ?? "",
      emailVerified: email === undefined ? undefined : verified(own, email),
      raw,
    };
  };
}

/** Gives a user of Microsoft Graph, and the claims that Microsoft has beside those of OpenID Connect, their usual names. */
function asClaims(own: Fields): Fields {
  return {
    ...own,
    // B2C has `emails`, a list.
    email: readText(own["email"]) ?? readText(own["mail"]) ?? readTexts(own["emails"])?.[0],
    name: own["name"] ?? own["displayName"],
    given_name: own["given_name"] ?? own["givenName"],
    family_name: own["family_name"] ?? own["surname"],
    preferred_username: own["preferred_username"] ?? own["userPrincipalName"],
    locale: own["locale"] ?? own["preferredLanguage"] ?? own["xms_pl"],
  };
}

function idOf(own: Fields, profileId: MicrosoftProfileId): string | undefined {
  // Microsoft Graph's `id` is the object's.
  if (profileId === "oid") return readText(own["oid"]) ?? readText(own["id"]);
  if (profileId === "sub") return readText(own["sub"]);
  const [oid, tid] = [readText(own["oid"]), readText(own["tid"])];
  return oid !== undefined && tid !== undefined ? `${oid}.${tid}` : undefined;
}

/**
 * Whether Microsoft says that the address is the user's, by the optional claims `xms_edov` (the owner of its domain is
 * verified) and `verified_primary_email`. Never by `email` alone, which an administrator of any tenant can set to anything,
 * nor by `email_verified`, which Entra ID does not have.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
 */
function verified(own: Fields, email: string): boolean | undefined {
  const { xms_edov: domainOwnerVerified, verified_primary_email: primary } = own;
  if (Array.isArray(primary) && primary.includes(email)) return true;
  // It is about the claim `email`, not about an address of Microsoft Graph or of B2C.
  if (domainOwnerVerified === undefined || own["email"] !== email) return undefined;
  return [true, 1, "1", "true"].includes(domainOwnerVerified as string);
}
