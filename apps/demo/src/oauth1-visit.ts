import type { Profile } from "@grantkit/core";
import type { OAuth1Token } from "@grantkit/oauth1";
import type { Exchange } from "./exchange-log.ts";
import type { SigningChoice } from "./oauth1-demo.ts";
import type { Result } from "./result.ts";

/** A sign-in by OAuth 1.0a whose user is away. */
export interface OAuth1SignIn {
  readonly choice: SigningChoice;
  readonly requestToken: OAuth1Token;
}

/** A sign-in whose user will type a PIN. */
export interface OAuth1PinSignIn extends OAuth1SignIn {
  /** Where the PIN is shown. */
  readonly url: string;
  /** What became of the last PIN. */
  result?: Result | undefined;
}

/** Somebody who is signed in by OAuth 1.0a. */
export interface OAuth1Account {
  readonly token: OAuth1Token;
  readonly profile: Profile;
  choice: SigningChoice;
  /** What the last button did. */
  result?: Result | undefined;
  /** The request that it sent, if it sent one. */
  sent?: Exchange | undefined;
}

/** What the server knows of one browser and OAuth 1.0a. */
export interface OAuth1Visit {
  account: OAuth1Account | undefined;
  /** Sign-ins that were begun, by request token. */
  readonly pending: Map<string, OAuth1SignIn>;
  pin: OAuth1PinSignIn | undefined;
}
