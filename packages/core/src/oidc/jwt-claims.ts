/** Which claims a kind of JWT must have. */
export interface JwtClaims {
  readonly requiredClaims: readonly string[];
  /** Whether `iss` and `aud` may be missing; the caller then checks those that are there. */
  readonly optionalParties?: boolean;
}
