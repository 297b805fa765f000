import { type ApiAnswer, type Clock, type SigningKey, Token } from "@grantkit/core";
import { ownFields, publish, readFields, readText, signedJwt } from "@grantkit/core/requests";

/** Seconds by which `iat` is before now, as GitHub advises: its clock may be behind. */
const BACKDATED = 60;
/** Seconds from `iat` to `exp`. GitHub refuses an `exp` that is more than ten minutes from its now. */
const LIFETIME = 600;
/** Milliseconds after a correction in which answers to JWTs of the wrong time still arrive. */
const IN_FLIGHT = 60_000;

/** GitHub's texts for a JWT whose times do not fit its clock. */
const WRONG_TIMES = /'(?:Issued at|Expiration time)' claim/;

/** What a GitHub App signs its JWTs with. */
export interface AppSigner {
  /** The client ID, or the app ID. */
  readonly issuer: string;
  /** The private key. */
  readonly key: SigningKey;
  readonly clock: Clock;
}

/**
 * Signs the JWTs that authenticate a GitHub App, by GitHub's clock once GitHub has said that this machine's is wrong.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export class AppJwts {
  readonly #signer: AppSigner;
  /** By how much this machine's clock is behind GitHub's; negative if it is ahead. */
  #secondsBehind = 0;
  #correctedAt = Number.NEGATIVE_INFINITY;

  constructor(signer: AppSigner) {
    this.#signer = signer;
  }

  /** The time, in milliseconds since the epoch. */
  now(): number {
    return this.#signer.clock.now();
  }

  /** Converts a time of GitHub's to this machine's clock, as far as GitHub has said that it is wrong. */
  localTime(gitHubs: Date): number {
    return gitHubs.getTime() - this.#secondsBehind * 1000;
  }

  /**
   * Signs a JWT that is valid for nine minutes.
   *
   * @throws ConfigurationError for a key that cannot sign.
   */
  async sign(): Promise<Token> {
    const { issuer, key } = this.#signer;
    const now = this.now();
    const iat = Math.floor(now / 1000) + this.#secondsBehind - BACKDATED;
    const exp = iat + LIFETIME;
    const claims = { iss: issuer, iat, exp };
    const accessToken = await signedJwt(this, claims, { key, algorithm: "RS256" }, "GitHubApp");
    return Token.from({
      accessToken,
      issuedAt: now,
      expiresAt: (exp - this.#secondsBehind) * 1000,
      raw: APP_JWT,
    });
  }

  /**
   * Whether GitHub refused a JWT only because of this machine's clock. The clock's error is measured by the `Date` header
   * then, so that the next JWT is accepted.
   */
  readonly isRefusedForItsTimes = async (answer: ApiAnswer): Promise<boolean> => {
    const { status, header, data } = ownFields(answer);
    const time = Date.parse(header("date") ?? "");
    if (status !== 401 || Number.isNaN(time)) return false;
    const { message } = readFields(await data());
    if (!WRONG_TIMES.test(readText(message) ?? "")) return false;
    const now = this.now();
    const seconds = Math.round((time - now) / 1000);
    // `Date` has whole seconds, so measurements of one error differ by a second. Another JWT changes nothing then, except for
    // requests that were sent before the correction.
    if (Math.abs(seconds - this.#secondsBehind) <= 1) return now - this.#correctedAt < IN_FLIGHT;
    this.#secondsBehind = seconds;
    this.#correctedAt = now;
    publish("grantkit:warning", () => ({
      provider: "github",
      code: "CLOCK_SKEW",
      message: `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "behind" : "ahead of"} GitHub's, so GitHub refused the app's JWT. The next JWTs have GitHub's time; set the clock (NTP).`,
      details: { seconds },
    }));
    return true;
  };
}

/** What tells the JWT of an app from the other tokens. */
const APP_JWT: Readonly<Record<string, unknown>> = Object.freeze({ app_jwt: true });

/** Whether a token is the JWT of an app, which cannot be revoked. */
export function isAppJwt({ raw }: Token): boolean {
  return Object.hasOwn(raw, "app_jwt");
}
