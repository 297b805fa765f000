/** The URLs of the OAuth 1.0a emulator. */
export interface OAuth1Endpoints {
  /** Endpoint for request tokens. */
  readonly requestToken: string;
  /** Authorization page, to open with a request token. */
  readonly authorization: string;
  /** Endpoint that exchanges request tokens, passwords (xAuth) and session handles for access tokens. */
  readonly accessToken: string;
  /** Base URL of the API, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Twitter's paths. */
export function oauth1Endpoints(origin: string): OAuth1Endpoints {
  return {
    requestToken: `${origin}/oauth/request_token`,
    authorization: `${origin}/oauth/authorize`,
    accessToken: `${origin}/oauth/access_token`,
    api: `${origin}/api`,
  };
}
