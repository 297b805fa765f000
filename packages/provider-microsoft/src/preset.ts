import { defineProvider, type EndpointOverrides, type Provider } from "@grantkit/core";
import { must, mustBeFlag, mustBeOneOf, ownOptions, throwProblems } from "@grantkit/core/requests";
import { authorityOf, type MicrosoftTenant, tenantProblems, withTenants } from "./authority.ts";
import { claimsCheck } from "./claims-check.ts";
import type { MicrosoftCloud } from "./cloud.ts";
import {
  claimsParameter,
  type MicrosoftClaimsRequest,
  withCapabilities,
  withOfflineAccess,
} from "./client-capabilities.ts";
import { readMicrosoftError } from "./error-body.ts";
import { type MicrosoftProfileId, profileBy, userInfoBy } from "./profile.ts";
import type { MicrosoftScope } from "./scopes.ts";

/** Options of the Microsoft preset. */
export interface MicrosoftOptions {
  /**
   * Who can sign in; see {@link MicrosoftTenant}.
   *
   * @defaultValue `"common"`: everybody with a Microsoft account
   */
  readonly tenant?: MicrosoftTenant | undefined;
  /**
   * With the tenant `common` or `organizations`, the IDs of the tenants whose users can sign in. An ID token of another
   * tenant is refused (`ID_TOKEN_INVALID`).
   *
   * @defaultValue all tenants
   */
  readonly tenants?: readonly string[] | undefined;
  /**
   * The cloud that the app is registered in: where users sign in, and which Microsoft Graph is called. The national clouds
   * have work and school accounts only.
   *
   * @defaultValue `"global"`
   * @see https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
   */
  readonly cloud?: MicrosoftCloud | undefined;
  /**
   * Which claim is the `id` of a profile; see {@link MicrosoftProfileId}. Choose before the first user signs in: the ids of
   * one user have nothing in common.
   *
   * @defaultValue `"sub"`
   * @see https://learn.microsoft.com/entra/identity-platform/claims-validation#validate-the-subject
   */
  readonly profileId?: MicrosoftProfileId | undefined;
  /**
   * Whether your app handles claims challenges. Microsoft Graph then revokes access within minutes (continuous access
   * evaluation), and its tokens live for up to 28 hours. Handle `claimsChallenge(error)` wherever you call the API.
   *
   * @defaultValue `false`
   * @see https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation
   */
  readonly continuousAccess?: boolean | undefined;
  /** Replaces Microsoft's URLs, for example by the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
}

type Prompt = "login" | "none" | "consent" | "select_account" | "create";

/**
 * Options of Microsoft's authorization request.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code
 */
export interface MicrosoftAuthorizationOptions {
  /** What Microsoft asks the user even where it need not. `"create"` begins with a new account (External ID). */
  readonly prompt?: Prompt;
  /** The user who should sign in: the claim `login_hint` of an earlier ID token, or a user name. */
  readonly loginHint?: string;
  /** The domain whose users should sign in, or `consumers` for personal accounts. A hint: limit sign-ins by `tenant`. */
  readonly domainHint?: string;
  /** Claims that the tokens should have, for example those of a claims challenge. */
  readonly claims?: MicrosoftClaimsRequest;
}

const SIGN_IN = ["openid", "profile", "email", "offline_access"] as const;

const mustBeProfileId = mustBeOneOf("sub", "oid", "oid.tid");
const mustBeEndpoints = must("be an object of URLs", (value) => typeof value === "object");

/**
 * Defines Microsoft Entra ID as a provider, for an `OAuth2Client`. `MicrosoftClient` uses it already.
 *
 * @param clientId - The client ID, for B2C: its default scope has it, because B2C issues no access token without.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function microsoft(
  options: MicrosoftOptions = {},
  clientId?: string,
): Provider<MicrosoftScope, MicrosoftAuthorizationOptions> {
  const own = ownOptions(options);
  const { tenant: given = "common", tenants, profileId = "sub", endpoints } = own;
  const { continuousAccess = false, cloud = "global" } = own;
  const tenant = ownOptions(given);
  throwProblems("The provider microsoft", [
    ...tenantProblems(tenant, tenants, cloud),
    ...mustBeProfileId(profileId, "profileId", {}),
    ...mustBeFlag(continuousAccess, "continuousAccess", {}),
    ...mustBeEndpoints(endpoints, "endpoints", {}),
  ]);
  const { issuer, endpoints: real, graph, policy } = authorityOf(tenant, cloud, tenants);
  return defineProvider<MicrosoftScope, MicrosoftAuthorizationOptions>(
    {
      name: "microsoft",
      issuer,
      endpoints: real,
      ...(graph !== undefined && { api: { baseUrl: `${graph}/v1.0` } }),
      defaultScope:
        graph === undefined
          ? ["openid", "offline_access", ...(clientId === undefined ? [] : [clientId])]
          : [...SIGN_IN, "User.Read"],
      refreshTokenAdvice:
        "To get a refresh token, request the scope offline_access with the others.",
      idToken: { algorithms: ["RS256"], checkClaims: claimsCheck(policy) },
      // Microsoft's own error codes beside those of RFC 6749 and RFC 8628.
      errorAliases: {
        authorization_declined: "access_denied",
        bad_verification_code: "invalid_grant",
        code_expired: "expired_token",
        invalid_resource: "invalid_target",
      },
      authorizationOptions: ["prompt", "loginHint", "domainHint", "claims"],
      authorizationParameters: ({ prompt, loginHint, domainHint, claims }) => ({
        prompt,
        login_hint: loginHint,
        domain_hint: domainHint,
        claims: claimsParameter(claims, continuousAccess),
      }),
      readError: readMicrosoftError,
      userInfo: userInfoBy(profileId),
      profile: profileBy(profileId),
      hooks: {
        tokenResponse: withOfflineAccess,
        ...(continuousAccess && {
          tokenRequest: withCapabilities,
          refreshRequest: withCapabilities,
        }),
      },
    },
    endpoints && replaced(endpoints, tenant, tenants),
  );
}

/** The URLs of an emulator, with an issuer for the same tenants as Microsoft's own. */
function replaced(
  endpoints: EndpointOverrides,
  tenant: MicrosoftTenant,
  tenants: readonly string[] | undefined,
): EndpointOverrides {
  const { issuer } = ownOptions(endpoints);
  if (issuer === undefined) return endpoints;
  // As Microsoft's discovery documents write the issuer of `common`.
  const isOfMany = typeof issuer === "string" && issuer.includes("{tenantid}");
  const template = isOfMany ? { template: issuer.replace("{tenantid}", "{tid}") } : issuer;
  return { ...endpoints, issuer: withTenants(ownOptions(template), tenant, tenants) };
}
