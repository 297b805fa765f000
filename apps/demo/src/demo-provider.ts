import type { OAuth2Client, OAuth2Session, Token } from "@grantkit/core";

/** A provider as the demo shows it. */
export interface DemoProvider {
  /** In URLs, and the provider's name in core. */
  readonly name: string;
  readonly title: string;
  /** In place of a logo. */
  readonly mark: string;
  /** One line on what there is to see. */
  readonly teaser: string;
  readonly client: OAuth2Client;
  /** Begins a sign-in, with the options that show most. */
  readonly begin: () => ReturnType<OAuth2Client["authorizationRequest"]>;
  /** A path or URL of the API to try the token with. */
  readonly sample: string;
  /** Why the token cannot go into the query; undefined where it can. */
  readonly noQuery?: string;
  /** Why there may be no refresh token. */
  readonly noRefresh: string;
  /** Why there is no sign-in on another device; undefined where there is one. */
  readonly noDevice?: string;
  /** Ends a token, or all that the user granted, in the provider's own way. */
  readonly revoke: (token: Token) => Promise<unknown>;
  /** What can be called without a user, if anything. */
  readonly appCall?: AppCall | undefined;
  /** What no e-mail address means. */
  readonly noEmail: string;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator?: string | undefined;
}

/** A call of the API without a user. */
export interface AppCall {
  /** What the app acts as, for example "a service account". */
  readonly as: string;
  /** A session that gets its own tokens. */
  readonly session: OAuth2Session;
  /** A path or URL of the API to try the token with. */
  readonly sample: (token: Token) => string;
}
