import type { IssuerTemplate } from "./oidc/issuer.ts";

/** A provider's endpoints: absolute URLs, except that `userInfo` may be a path of the API. */
export interface ProviderEndpoints {
  /**
   * The authorization endpoint, where users sign in (RFC 6749 §3.1); a provider without users has none. A fragment stays at
   * the end of the URL, behind the parameters (WeChat's `#wechat_redirect`).
   */
  readonly authorization?: string;
  /** The token endpoint (RFC 6749 §3.2). */
  readonly token: string;
  /** The user info endpoint, absolute or as a path of the API. */
  readonly userInfo?: string;
  /** The key set that verifies ID tokens (RFC 7517). */
  readonly jwks?: string;
  /** The revocation endpoint (RFC 7009). */
  readonly revocation?: string;
  /** The introspection endpoint (RFC 7662). */
  readonly introspection?: string;
  /** The device authorization endpoint (RFC 8628). */
  readonly deviceAuthorization?: string;
  /** The pushed authorization request endpoint (RFC 9126). */
  readonly pushedAuthorization?: string;
  /** The end session endpoint (OpenID Connect RP-Initiated Logout). */
  readonly endSession?: string;
}

/**
 * URLs that replace a provider's own: all `endpoints` of an emulator, or those of a company's own server. An undefined one is
 * refused, so that a test with an unset environment variable does not call the real provider.
 */
export interface EndpointOverrides extends Partial<ProviderEndpoints> {
  /** Replaces the provider's issuer. */
  readonly issuer?: string | IssuerTemplate;
  /** Replaces the API's base URL. */
  readonly api?: string;
  /** Replaces the URL at which tokens are exchanged (`renew.endpoint`), if that is not a path of the API. */
  readonly renew?: string;
}
