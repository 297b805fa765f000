import type { OAuth2Client, OAuth2Session, Token } from "@grantkit/core";

/** What the pages show of a provider of either protocol. */
export interface ProviderCard {
  /** The name in URLs. */
  readonly name: string;
  readonly title: string;
  /** One or two letters in place of a logo. */
  readonly mark: string;
  /** One line on what there is to see. */
  readonly teaser: string;
  /** What an account without an e-mail address shows instead. */
  readonly noEmail: string;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator: string | undefined;
}

/** An OAuth 2.0 provider. */
export interface DemoProvider extends ProviderCard {
  readonly client: OAuth2Client;
  /** Starts a sign-in, with the provider options that show most. */
  readonly begin: () => ReturnType<OAuth2Client["authorizationRequest"]>;
  /** The API path or URL that "Call the API" requests. */
  readonly sample: string;
  /** Why the token cannot go into the query; undefined if it can. */
  readonly noQuery?: string;
  /** Why a token cannot be refreshed. */
  readonly noRefresh: string;
  /** Why there is no sign-in on another device; undefined if there is one. */
  readonly noDevice?: string;
  /** A call without a user; undefined if the provider has none. */
  readonly appCall?: AppCall | undefined;
}

/** An API call without a user. */
export interface AppCall {
  /** What the app acts as, for example "a service account". */
  readonly as: string;
  /** A session that gets its own tokens. */
  readonly session: OAuth2Session;
  /** The API path or URL to request. */
  readonly sample: (token: Token) => string;
}
