import {
  isFilledText,
  mustBeListOf,
  mustBeSeconds,
  mustBeText,
  mustBeUrls,
  type OptionRules,
} from "../options/option-rules.ts";

/** What an ID token must be beyond the rules of OpenID Connect. */
export interface VerifyIdTokenOptions {
  /** The nonce that was sent. */
  readonly nonce?: string;
  /** The access token that came with the ID token, to check `at_hash`. */
  readonly accessToken?: string;
  /** The longest time since the user last authenticated, in seconds. */
  readonly maxAge?: number;
  /** The longest time since `iat`, in seconds; how far `iat` may be ahead is the client's `clockTolerance`. */
  readonly issuedWithin?: number;
  /**
   * The accepted issuers, for an ID token that comes from elsewhere than this client's sign-ins.
   *
   * @defaultValue the provider's issuer
   */
  readonly issuers?: readonly string[];
  /**
   * The URLs of the keys of these issuers. They are asked in this order, the next one where a key is missing.
   *
   * @defaultValue the provider's `endpoints.jwks`
   */
  readonly keySets?: readonly string[];
}

/** How a logout token is checked beyond its signature and claims. */
export interface VerifyLogoutTokenOptions {
  /**
   * Tells whether a token with this id (`jti`) was used before, and remembers the id until the given time, in
   * milliseconds since the epoch.
   *
   * @defaultValue the client's own memory, which is enough for one process; several processes need one that they share
   */
  readonly seen?: (id: string, until: number) => boolean | Promise<boolean>;
}

/** How a security event token is checked beyond its signature and claims. */
export interface VerifySecurityEventOptions {
  /**
   * How `iss` may be written, where it is not the issuer of the provider's ID tokens.
   *
   * @defaultValue the provider's issuer
   */
  readonly issuers?: readonly string[];
}

/** The rule of each option about a security event token. */
export const EVENT_OPTION_RULES: OptionRules<VerifySecurityEventOptions> = {
  issuers: mustBeListOf("issuers", "be a string", isFilledText),
};

/** The rule of each option about an ID token. */
export const ID_TOKEN_OPTION_RULES: OptionRules<VerifyIdTokenOptions> = {
  // A condition that cannot be read must not count as met.
  nonce: (value, name, options) =>
    name in options && typeof value !== "string"
      ? ["nonce must be the one that was sent: leave it out where none was sent"]
      : [],
  accessToken: mustBeText,
  maxAge: mustBeSeconds,
  issuedWithin: mustBeSeconds,
  issuers: mustBeListOf("issuers", "be a string", isFilledText),
  keySets: mustBeUrls,
};
