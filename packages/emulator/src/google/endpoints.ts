/** Where the Google emulator's endpoints are. */
export interface GoogleEndpoints {
  /** `iss` of callbacks and ID tokens, and the base of the discovery document. */
  readonly issuer: string;
  /** Where the browser goes, to be asked for consent. */
  readonly authorization: string;
  /** Where codes and refresh tokens become tokens. */
  readonly token: string;
  /** Who the user of an access token is. */
  readonly userInfo: string;
  /** The public keys of ID tokens. */
  readonly jwks: string;
  /** Where tokens are revoked. */
  readonly revocation: string;
  /** Where devices get their codes. */
  readonly deviceAuthorization: string;
  /** Base of the sample APIs, without a slash at its end. */
  readonly api: string;
}

/** Google spreads these over several hosts; the paths are Google's. */
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
