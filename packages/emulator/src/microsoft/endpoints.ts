/** The URLs of the Microsoft emulator for one tenant. */
export interface MicrosoftEndpoints {
  /** Issuer of ID tokens. For `common` and `organizations` it contains `{tenantid}`, which stands for the `tid` claim. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Logout endpoint. */
  readonly endSession: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Userinfo endpoint, at Microsoft Graph. */
  readonly userInfo: string;
  /** Base URL of Microsoft Graph, without a trailing slash. */
  readonly api: string;
}

/** The tenant of personal accounts. */
export const CONSUMERS: string = "9188040d-6c67-4c5b-b112-36a304b66dad";

/** Returns the URLs for a tenant, with Microsoft's paths. Graph, which has its own host at Microsoft, is below `/graph`. */
export function microsoftEndpoints(origin: string, tenant: string = "common"): MicrosoftEndpoints {
  const base = `${origin}/${tenant}`;
  return {
    issuer: `${origin}/${issuerTenant(tenant)}/v2.0`,
    authorization: `${base}/oauth2/v2.0/authorize`,
    token: `${base}/oauth2/v2.0/token`,
    deviceAuthorization: `${base}/oauth2/v2.0/devicecode`,
    endSession: `${base}/oauth2/v2.0/logout`,
    jwks: `${base}/discovery/v2.0/keys`,
    userInfo: `${origin}/graph/oidc/userinfo`,
    api: `${origin}/graph/v1.0`,
  };
}

/** Returns the URL where an administrator consents for a tenant, which is no OAuth endpoint. */
export function adminConsentUrl(origin: string, tenant: string = "common"): string {
  return `${origin}/${tenant}/v2.0/adminconsent`;
}

function issuerTenant(tenant: string): string {
  if (tenant === "consumers") return CONSUMERS;
  return tenant === "common" || tenant === "organizations" ? "{tenantid}" : tenant;
}
