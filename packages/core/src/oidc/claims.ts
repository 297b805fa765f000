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
