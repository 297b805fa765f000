/** Where the GitHub emulator's endpoints are. */
export interface GitHubEndpoints {
  /** `iss` of callbacks. */
  readonly issuer: string;
  /** Where the browser goes, to be asked for consent. */
  readonly authorization: string;
  /** Where codes and refresh tokens become tokens. */
  readonly token: string;
  /** Where devices get their codes. */
  readonly deviceAuthorization: string;
  /** Base of the REST API, without a slash at its end. */
  readonly api: string;
}

/** GitHub's own paths; the REST API, on a host of its own at GitHub, is below `/api`. */
export function githubEndpoints(origin: string): GitHubEndpoints {
  return {
    issuer: `${origin}/login/oauth`,
    authorization: `${origin}/login/oauth/authorize`,
    token: `${origin}/login/oauth/access_token`,
    deviceAuthorization: `${origin}/login/device/code`,
    api: `${origin}/api`,
  };
}
