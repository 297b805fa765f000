/** Why a JWT was refused, in words of ours: jose puts claims into its errors, so none of them goes on. */
export class JwtRefusal {
  /** The claim or the part of the JWT that is wrong; `kid` when no key could be chosen. */
  readonly claim: string;
  readonly reason: string;
  /** Whether it is a time that is wrong, and so perhaps the clock. */
  readonly time: boolean;
  /** Whether the keys at hand have none for it, and newer ones may. */
  readonly keyMissing: boolean;

  constructor(
    claim: string,
    reason: string,
    { time = false, keyMissing = false }: { time?: boolean; keyMissing?: boolean } = {},
  ) {
    this.claim = claim;
    this.reason = reason;
    this.time = time;
    this.keyMissing = keyMissing;
  }
}
