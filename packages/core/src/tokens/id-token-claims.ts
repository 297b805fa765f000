/** Claims of an ID token whose signature was verified (OpenID Connect Core §2). */
export interface IdTokenClaims {
  /** Issuer. */
  readonly iss: string;
  /** The user's id at the issuer: with `iss`, the key to know a user by. */
  readonly sub: string;
  /** For whom the token was made. */
  readonly aud: string | readonly string[];
  /** When it ends, in seconds since the epoch. */
  readonly exp: number;
  /** When it was made, in seconds since the epoch. */
  readonly iat: number;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}

/** Claims of a logout token that was verified (OpenID Connect Back-Channel Logout §2.4): end these sessions. */
export interface LogoutTokenClaims {
  /** Issuer. */
  readonly iss: string;
  /** The user whose sessions end; all of theirs when there is no `sid`. */
  readonly sub?: string;
  /** The session at the provider that ended, as its ID tokens named it. */
  readonly sid?: string;
  /** For whom the token was made. */
  readonly aud: string | readonly string[];
  /** When it was made, in seconds since the epoch. */
  readonly iat: number;
  /** Its own id, for seeing that it is used once. */
  readonly jti: string;
  /** When it ends, in seconds since the epoch. */
  readonly exp?: number;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}
