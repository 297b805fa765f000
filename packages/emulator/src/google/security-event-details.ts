/** An event that Google reports to an application's receiver of Cross-Account Protection. */
export type GoogleSecurityEvent =
  | "sessions-revoked"
  | "tokens-revoked"
  | "token-revoked"
  | "account-disabled"
  | "account-enabled"
  | "account-credential-change-required"
  | "verification";

/** What a security event token says, and what is wrong with it. */
export interface GoogleSecurityEventDetails {
  /**
   * Id, e-mail address or name of the user. The events `token-revoked` and `verification` have none.
   *
   * @defaultValue the first user
   */
  readonly user?: string;
  /**
   * How the token names the user: by issuer and `sub`, or also with the e-mail address, as `id_token_claims`.
   *
   * @defaultValue "iss-sub"
   */
  readonly subject?: "iss-sub" | "id_token_claims";
  /**
   * Why the account was disabled.
   *
   * @defaultValue none
   */
  readonly reason?: "hijacking" | "bulk-account";
  /**
   * The state of a `verification`, which the application asked for.
   *
   * @defaultValue none
   */
  readonly state?: string;
  /**
   * The refresh token that was revoked, for `token-revoked`.
   *
   * @defaultValue a random one
   */
  readonly refreshToken?: string;
  /**
   * How `token-revoked` names the refresh token: by its first 16 characters, or by its hash.
   *
   * @defaultValue "prefix"
   */
  readonly tokenIdentifier?: "prefix" | "hash_base64_sha512_sha512";
  /**
   * The `jti`. A repeated delivery has the same one.
   *
   * @defaultValue a new one
   */
  readonly id?: string;
  /**
   * The `iss`: with a trailing slash, as in the configuration document, or without.
   *
   * @defaultValue "with-slash"
   */
  readonly issuer?: "with-slash" | "without-slash";
  /**
   * The `typ` of the JWT, which Google does not document.
   *
   * @defaultValue "secevent+jwt", as RFC 8417 §2.3 recommends
   */
  readonly typ?: "secevent+jwt" | "JWT";
  /**
   * What is wrong with the token. `"forged-signature"` is that of an unpublished key.
   *
   * @defaultValue "none"
   */
  readonly flaw?:
    "none" | "forged-signature" | "wrong-issuer" | "wrong-audience" | "missing-events";
}
