import type { EmulatorServer } from "../emulator-server.ts";
import type { KnownConsumer } from "./consumers.ts";
import type { NonceMemory } from "./nonces.ts";
import type { OAuth1Switches } from "./options.ts";
import type { AccessToken, RequestToken } from "./tokens.ts";
import type { OAuth1User } from "./users.ts";

/** The state of the OAuth 1.0a emulator. */
export interface OAuth1Server extends EmulatorServer<OAuth1Endpoints, OAuth1User, OAuth1Switches> {
  /** The registered application first. */
  readonly consumers: readonly [KnownConsumer, ...KnownConsumer[]];
  readonly nonces: NonceMemory;
  readonly requestTokens: Map<string, RequestToken>;
  readonly accessTokens: Map<string, AccessToken>;
}

/** Where the OAuth 1.0a emulator's endpoints are. */
export interface OAuth1Endpoints {
  /** Where a consumer gets a request token. */
  readonly requestToken: string;
  /** Where the browser goes with the request token, to be asked for consent. */
  readonly authorization: string;
  /** Where request tokens, passwords (xAuth) and session handles become access tokens. */
  readonly accessToken: string;
  /** Base of the API, without a slash at its end. */
  readonly api: string;
}

/** Twitter's paths. */
export function oauth1Endpoints(origin: string): OAuth1Endpoints {
  return {
    requestToken: `${origin}/oauth/request_token`,
    authorization: `${origin}/oauth/authorize`,
    accessToken: `${origin}/oauth/access_token`,
    api: `${origin}/api`,
  };
}
