import type { MicrosoftSwitches } from "./options.ts";
import type { MicrosoftAccess } from "./tokens.ts";

/** Why Graph refuses a token that has not expired. */
export interface ClaimsChallenge {
  /** Seconds since 1970: the token must be of a sign-in after this time. */
  readonly notBefore: number;
  readonly reason: string;
}

/**
 * Decides which access tokens Graph challenges. Only those of clients with the capability `cp1` are.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation
 */
export interface ContinuousAccess {
  /** Returns the challenge of a token, if any. */
  challengeOf(access: MicrosoftAccess): ClaimsChallenge | undefined;
  /** Returns the time of an event that ends sessions, in seconds. Each event has a later one. */
  nextTime(): number;
  /** Forgets the challenge of the switch, so that it raises another one. */
  forget(): void;
}

/** Creates the state of an emulator without a challenge. The clock is in milliseconds. */
export function continuousAccess(switches: MicrosoftSwitches, now: () => number): ContinuousAccess {
  let last = 0;
  let raised: number | undefined;
  const nextTime = (): number => (last = Math.max(Math.floor(now() / 1000), last + 1));
  return {
    challengeOf({ claims, revokedAt }) {
      if (!claims.isCapable) return undefined;
      if (revokedAt !== undefined) {
        return { notBefore: revokedAt, reason: "TokenIssuedBeforeRevocationTimestamp" };
      }
      if (!switches.claimsChallenge) return undefined;
      raised ??= nextTime();
      return claims.notBefore >= raised
        ? undefined
        : { notBefore: raised, reason: "TokenCreatedWithOutdatedPolicies" };
    },
    nextTime,
    forget() {
      raised = undefined;
    },
  };
}
