import type { EndpointOverrides, IssuerTemplate, ProviderEndpoints } from "@grantkit/core";
import { isObject, ownOptions } from "@grantkit/core/requests";
import { CLOUDS, cloudProblems, type MicrosoftCloud } from "./cloud.ts";

/**
 * A tenant of Azure AD B2C, and the policy (user flow) that its users sign in with. Tokens of another policy are refused, by
 * their `tfp` or `acr`.
 */
export interface MicrosoftB2C {
  /** The tenant's name: `contoso` of `contoso.onmicrosoft.com`. */
  readonly b2c: string;
  /** The policy, for example `B2C_1_signin`. */
  readonly policy: string;
  /** The tenant's ID, a GUID. */
  readonly tenantId: string;
}

/** An external tenant of Entra External ID, for the customers of a company. */
export interface MicrosoftExternalId {
  /** The tenant's name: `contoso` of `contoso.ciamlogin.com`. */
  readonly externalId: string;
  /** The tenant's ID, a GUID. */
  readonly tenantId: string;
}

/**
 * Who can sign in:
 *
 * - `"common"`: work, school and personal accounts of everybody;
 * - `"organizations"`: work and school accounts of every tenant;
 * - `"consumers"`: personal accounts (Outlook.com, Xbox);
 * - a tenant's ID: accounts and guests of this tenant;
 * - `{ b2c, policy, tenantId }` or `{ externalId, tenantId }`: the customers of a company.
 *
 * A tenant's domain name does not do: ID tokens name the tenant by its ID.
 */
export type MicrosoftTenant = string | MicrosoftB2C | MicrosoftExternalId;

/** Where the users of a tenant sign in, and who issues their tokens. */
export interface Authority {
  readonly issuer: string | IssuerTemplate;
  readonly endpoints: ProviderEndpoints;
  /** The origin of Microsoft Graph; undefined if its tokens are for another API. */
  readonly graph: string | undefined;
  /** The policy of B2C; undefined for every other tenant. */
  readonly policy?: string;
}

/** The tenant of all personal accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const NAME = /^[a-z\d][a-z\d-]{0,62}$/i;
const POLICY = /^[\w-]{1,64}$/;

/** Whether a text is a tenant's ID. */
export function isTenantId(value: unknown): value is string {
  return typeof value === "string" && GUID.test(value);
}

/** Lists what is wrong with the options that say who can sign in. */
export function tenantProblems(tenant: unknown, tenants: unknown, cloud: unknown): string[] {
  const problems = cloudProblems(cloud, tenant);
  if (isObject(tenant)) problems.push(...customerProblems(tenant));
  else if (!isManyTenants(tenant) && tenant !== "consumers" && !isTenantId(tenant)) {
    problems.push(
      'tenant must be "common", "organizations", "consumers", a tenant\'s ID (a GUID, not its domain name), { b2c, policy, tenantId } or { externalId, tenantId } (is the environment variable set?)',
    );
  }
  if (tenants === undefined) return problems;
  if (!Array.isArray(tenants) || tenants.length === 0 || !tenants.every(isTenantId)) {
    problems.push("tenants must be a list of tenants' IDs (GUIDs), at least one");
  } else if (!isManyTenants(tenant)) {
    problems.push('tenants needs the tenant "common" or "organizations"');
  }
  return problems;
}

function customerProblems(tenant: Readonly<Record<string, unknown>>): string[] {
  const { b2c, policy, externalId, tenantId } = tenant;
  const name = b2c === undefined ? externalId : b2c;
  return [
    ...(typeof name === "string" && NAME.test(name)
      ? []
      : ['tenant must have b2c or externalId: the tenant\'s name, for example "contoso"']),
    ...(isTenantId(tenantId) ? [] : ["tenant.tenantId must be the tenant's ID, a GUID"]),
    ...(b2c === undefined || (typeof policy === "string" && POLICY.test(policy))
      ? []
      : ['tenant.policy must be the name of a policy, for example "B2C_1_signin"']),
  ];
}

/** Gives the ID of a tenant; `common` and `organizations` as they are. */
function tenantIdOf(tenant: string): string {
  return tenant === "consumers" ? CONSUMERS : tenant.toLowerCase();
}

function isManyTenants(tenant: unknown): boolean {
  return tenant === "common" || tenant === "organizations";
}

/**
 * Gives the endpoints and the issuer of a tenant that was checked by {@link tenantProblems}.
 *
 * @param tenants - With `common` and `organizations`, the only tenants whose users can sign in.
 */
export function authorityOf(
  tenant: MicrosoftTenant,
  cloud: MicrosoftCloud,
  tenants?: readonly string[],
): Authority {
  const { login, graph } = CLOUDS[cloud];
  if (typeof tenant === "object") {
    // Tokens have both in lower case.
    const tenantId = tenant.tenantId.toLowerCase();
    if ("b2c" in tenant) {
      const host = `https://${tenant.b2c.toLowerCase()}.b2clogin.com`;
      return {
        issuer: `${host}/${tenantId}/v2.0/`,
        endpoints: endpointsBelow(`${host}/${tenant.b2c}.onmicrosoft.com/${tenant.policy}`),
        graph: undefined,
        policy: tenant.policy,
      };
    }
    // The issuer has the tenant's ID for a host, whichever name users see.
    const issuer = `https://${tenantId}.ciamlogin.com/${tenantId}/v2.0`;
    const base = `https://${tenant.externalId}.ciamlogin.com/${tenantId}`;
    return { issuer, endpoints: withDevices(base), graph };
  }
  return {
    issuer: isManyTenants(tenant)
      ? withTenants({ template: `${login}/{tid}/v2.0` }, tenant, tenants)
      : `${login}/${tenantIdOf(tenant)}/v2.0`,
    endpoints: withDevices(`${login}/${tenant}`),
    graph,
  };
}

/** Limits a template of issuers, which an emulator may have for any tenant, to the tenants whose users can sign in. */
export function withTenants<Issuer extends string | IssuerTemplate | undefined>(
  issuer: Issuer,
  tenant: MicrosoftTenant,
  tenants: readonly string[] | undefined,
): Issuer {
  if (typeof issuer !== "object") return issuer;
  const own = typeof tenant === "object" ? tenant.tenantId : tenantIdOf(tenant);
  const only = tenants ?? (isManyTenants(own) ? undefined : [own]);
  return {
    ...issuer,
    ...(only && { values: { tid: only.map((each) => each.toLowerCase()) } }),
    // Their ID tokens would pass `verifyIdToken()`: the keys are the same.
    ...(tenant === "organizations" && { except: { tid: [CONSUMERS] } }),
  };
}

function withDevices(base: string): ProviderEndpoints {
  return { ...endpointsBelow(base), deviceAuthorization: `${base}/oauth2/v2.0/devicecode` };
}

function endpointsBelow(base: string): ProviderEndpoints {
  return {
    authorization: `${base}/oauth2/v2.0/authorize`,
    token: `${base}/oauth2/v2.0/token`,
    jwks: `${base}/discovery/v2.0/keys`,
    endSession: `${base}/oauth2/v2.0/logout`,
  };
}

/**
 * Gives the token endpoint of a tenant or of an emulator.
 *
 * @returns undefined for options that cannot be used: the preset says what is wrong with them.
 */
export function tokenEndpointOf(options: {
  readonly tenant?: MicrosoftTenant | undefined;
  readonly cloud?: MicrosoftCloud | undefined;
  readonly endpoints?: EndpointOverrides | undefined;
}): string | undefined {
  const { tenant = "common", cloud = "global", endpoints } = ownOptions(options);
  const own = ownOptions(tenant);
  if (tenantProblems(own, undefined, cloud).length > 0) return undefined;
  return ownOptions(endpoints)?.token ?? authorityOf(own, cloud).endpoints.token;
}
