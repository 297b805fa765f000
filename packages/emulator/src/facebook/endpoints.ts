export const LATEST_VERSION = "v26.0";

/** The URLs of the Facebook emulator. */
export interface FacebookEndpoints {
  /** Issuer of ID tokens. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Base URL of the Graph API with its version, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Facebook's paths. */
export function facebookEndpoints(origin: string): FacebookEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/${LATEST_VERSION}/dialog/oauth`,
    token: `${origin}/${LATEST_VERSION}/oauth/access_token`,
    jwks: `${origin}/.well-known/oauth/openid/jwks/`,
    api: `${origin}/${LATEST_VERSION}`,
  };
}

/** Returns the URLs of the host for Limited Login, which is below `/limited`. They are no OAuth endpoints. */
export function limitedLoginUrls(
  origin: string,
): Readonly<Record<"limitedIssuer" | "limitedJwks", string>> {
  return {
    limitedIssuer: `${origin}/limited`,
    limitedJwks: `${origin}/limited/.well-known/oauth/openid/jwks/`,
  };
}
