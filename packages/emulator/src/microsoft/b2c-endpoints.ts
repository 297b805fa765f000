import type { MicrosoftSwitches } from "./options.ts";

/** The URLs of Azure AD B2C for one policy. */
export interface MicrosoftB2cEndpoints {
  /** Issuer of ID tokens. It ends with a slash, and is not where the discovery document is. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Logout endpoint. */
  readonly endSession: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
}

/** Id of the tenant of Azure AD B2C. */
export const B2C_TENANT_ID = "44444444-ffff-4fff-8fff-444444444444";

/** Name of that tenant, which can be in its paths too. */
export const B2C_TENANT_NAME = "contosob2c.onmicrosoft.com";

/**
 * Returns the URLs of a policy, with Microsoft's paths.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/openid-connect
 */
export function b2cEndpoints(
  { origin, switches }: { readonly origin: string; readonly switches: MicrosoftSwitches },
  policy: string = "B2C_1_signupsignin",
  tenant: string = B2C_TENANT_NAME,
): MicrosoftB2cEndpoints {
  const base = `${origin}/${tenant}/${policy}`;
  const ofPolicy = switches.b2cIssuer === "policy";
  return {
    issuer: ofPolicy
      ? `${origin}/tfp/${B2C_TENANT_ID}/${policy.toLowerCase()}/v2.0/`
      : `${origin}/${B2C_TENANT_ID}/v2.0/`,
    authorization: `${base}/oauth2/v2.0/authorize`,
    token: `${base}/oauth2/v2.0/token`,
    endSession: `${base}/oauth2/v2.0/logout`,
    jwks: `${base}/discovery/v2.0/keys`,
  };
}
