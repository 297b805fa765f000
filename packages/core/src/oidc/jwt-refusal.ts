/** Says why a JWT was refused, in words of ours: jose's errors have claims in them. */
export class JwtRefusal {
  /** The claim or the part of the JWT that is wrong; `kid` when no key could be chosen. */
  readonly claim: string;
  readonly reason: string;
  /** `time` when the clock may be what is wrong, `keyMissing` when newer keys may have the right one. */
  readonly kind: "time" | "keyMissing" | undefined;

  constructor(claim: string, reason: string, kind?: JwtRefusal["kind"]) {
    this.claim = claim;
    this.reason = reason;
    this.kind = kind;
  }
}
