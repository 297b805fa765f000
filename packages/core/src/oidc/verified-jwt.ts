import { OAuthError } from "../errors/oauth-error.ts";
import { DEEPEST, isDeeper } from "../http/response-body.ts";
import { type JwtExpectations, type VerifiedJwt, verifyJwt } from "./jose.ts";
import { JwtRefusal } from "./jwt-refusal.ts";
import type { KeySet } from "./key-set.ts";

/** Seconds by which two clocks may differ without anybody noticing. */
export const CLOCK_TOLERANCE = 30;

const LONGEST_JWT = 16 * 1024;
const NOTICEABLE_SKEW = 60;

/** A JWT of a provider, and what is said of it when it is refused. */
export interface ProviderJwt {
  readonly provider: string;
  /** For messages: "ID token". */
  readonly name: string;
  readonly code: "ID_TOKEN_INVALID" | "LOGOUT_TOKEN_INVALID";
  readonly expected: JwtExpectations;
  /** The server's own time, in milliseconds since the epoch: tells a wrong clock from a wrong token. */
  readonly serverTime?: number | undefined;
}

/** The error for a JWT that was refused. */
export function refusal(jwt: ProviderJwt, claim: string, reason: string): OAuthError {
  const { provider, name, code } = jwt;
  return new OAuthError(code, `The ${name} of ${provider} was refused: ${reason}.`, {
    provider,
    details: { claim },
  });
}

/**
 * Verifies the signature of a provider's JWT, with one look for newer keys when it names one that is not there.
 *
 * @throws OAuthError: the JWT's code, `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when it is this
 * machine's clock that is wrong.
 */
export async function verifyProviderJwt(
  text: string,
  keySet: KeySet,
  jwt: ProviderJwt,
): Promise<VerifiedJwt> {
  // Measured before it is split: a huge token must cost nothing.
  if (typeof text !== "string" || text.length > LONGEST_JWT) {
    throw refusal(jwt, "jwt", "it is too long");
  }
  const verified = await verifyWithNewest(text, keySet, jwt).catch((error: unknown) => {
    throw error instanceof JwtRefusal ? refused(jwt, error) : error;
  });
  if (isDeeper(verified.payload, DEEPEST)) {
    throw refusal(jwt, "jwt", "its claims are nested too deeply");
  }
  return verified;
}

async function verifyWithNewest(
  text: string,
  keySet: KeySet,
  { expected }: ProviderJwt,
): Promise<VerifiedJwt> {
  try {
    return await verifyJwt(text, await keySet.keys(), expected);
  } catch (error) {
    if (!(error instanceof JwtRefusal) || !error.keyMissing) throw error;
    const newer = await keySet.refetch();
    if (!newer) throw error;
    return verifyJwt(text, newer, expected);
  }
}

function refused(jwt: ProviderJwt, { claim, reason, time }: JwtRefusal): OAuthError {
  if (time) throwIfClockIsWrong(jwt);
  if (claim !== "kid") return refusal(jwt, claim, reason);
  const { provider, name } = jwt;
  return new OAuthError(
    "KEY_SELECTION_FAILED",
    `The ${name} of ${provider} was refused: ${reason}.`,
    { provider, details: { claim } },
  );
}

/** Says so when it is this machine's clock that makes a token look wrong. */
export function throwIfClockIsWrong({ provider, name, expected, serverTime }: ProviderJwt): void {
  if (serverTime === undefined) return;
  const seconds = Math.round((expected.now - serverTime) / 1000);
  if (Math.abs(seconds) < NOTICEABLE_SKEW) return;
  throw new OAuthError(
    "CLOCK_SKEW",
    `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} that of ${provider}, so the ${name} cannot be checked. Set the clock (NTP) and sign in again.`,
    { provider, details: { seconds } },
  );
}
