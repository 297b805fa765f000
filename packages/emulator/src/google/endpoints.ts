/** The URLs of the Google emulator. */
export interface GoogleEndpoints {
  /** Issuer of callbacks and ID tokens, and base URL of the discovery document. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Userinfo endpoint. */
  readonly userInfo: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Revocation endpoint. */
  readonly revocation: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Base URL of the sample APIs, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Google's paths. Google spreads them over several hosts. */
export function googleEndpoints(origin: string): GoogleEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/o/oauth2/v2/auth`,
    token: `${origin}/token`,
    userInfo: `${origin}/v1/userinfo`,
    jwks: `${origin}/oauth2/v3/certs`,
    revocation: `${origin}/revoke`,
    deviceAuthorization: `${origin}/device/code`,
    api: origin,
  };
}
