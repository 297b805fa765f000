import { LATEST_VERSION } from "./versions.ts";

/** Where the Facebook emulator's endpoints are. */
export interface FacebookEndpoints {
  /** `iss` of ID tokens. */
  readonly issuer: string;
  /** Where the browser goes, to be asked for consent. */
  readonly authorization: string;
  /** Where codes and refresh tokens become tokens. */
  readonly token: string;
  /** The public keys of ID tokens. */
  readonly jwks: string;
  /** Base of the Graph API with its version, without a slash at its end. */
  readonly api: string;
}

/** Facebook's own paths. */
export function facebookEndpoints(origin: string): FacebookEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/${LATEST_VERSION}/dialog/oauth`,
    token: `${origin}/${LATEST_VERSION}/oauth/access_token`,
    jwks: `${origin}/.well-known/oauth/openid/jwks/`,
    api: `${origin}/${LATEST_VERSION}`,
  };
}
