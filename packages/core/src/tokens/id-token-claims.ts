/** The claims of a verified ID token (OpenID Connect Core §2). */
export interface IdTokenClaims {
  /** The issuer. */
  readonly iss: string;
  /** The user's id at the issuer; with `iss` it identifies a user. */
  readonly sub: string;
  /** The clients that the token is for. */
  readonly aud: string | readonly string[];
  /** When it expires, in seconds since the epoch. */
  readonly exp: number;
  /** When it was issued, in seconds since the epoch. */
  readonly iat: number;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}

/** The claims of a verified logout token (OpenID Connect Back-Channel Logout §2.4): end the sessions that it names. */
export interface LogoutTokenClaims extends Pick<IdTokenClaims, "iss" | "aud" | "iat"> {
  /** The user whose sessions end: all of them when there is no `sid`. */
  readonly sub?: string;
  /** The session at the provider that ended, as its ID tokens named it. */
  readonly sid?: string;
  /** The token's own id; each is used once. */
  readonly jti: string;
  /** When it expires, in seconds since the epoch. */
  readonly exp?: number;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}

/** The claims of a verified security event token (RFC 8417 §2.2). */
export interface SecurityEventClaims extends Pick<IdTokenClaims, "iss" | "aud" | "iat"> {
  /** The token's own id: the same when it is delivered again. */
  readonly jti: string;
  /** What has happened, by the URIs of the event types. */
  readonly events: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}
