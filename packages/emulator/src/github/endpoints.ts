/** The URLs of the GitHub emulator. */
export interface GitHubEndpoints {
  /** Issuer of callbacks. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Base URL of the REST API, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with GitHub's paths. The REST API, which has its own host at GitHub, is below `/api`. */
export function githubEndpoints(origin: string): GitHubEndpoints {
  return {
    issuer: `${origin}/login/oauth`,
    authorization: `${origin}/login/oauth/authorize`,
    token: `${origin}/login/oauth/access_token`,
    deviceAuthorization: `${origin}/login/device/code`,
    api: `${origin}/api`,
  };
}
