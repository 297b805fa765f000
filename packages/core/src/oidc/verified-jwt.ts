import { OAuthError } from "../errors/oauth-error.ts";
import type { ClockOffset } from "../http/clock-offset.ts";
import { tidyJson } from "../http/response-body.ts";
import { ownFields } from "../options/own-fields.ts";
import type { IdTokenRules } from "./id-token-rules.ts";
import { isIssuer, type Issuer } from "./issuer.ts";
import type { JwtClaims } from "./jwt-claims.ts";
import { type JwtExpectations, type VerifiedJwt, verifyJwt } from "./jwt-verification.ts";
import { JwtRefusal } from "./jwt-refusal.ts";
import type { JwtSource, KeySet, KeySetClient, KeySetDocument } from "./key-set.ts";
import { keysForIssuer } from "./keys-for-issuer.ts";

/** Characters: a thousand groups of a user fit in. */
const LONGEST_JWT = 64 * 1024;
/** Seconds from the epoch of the last moment that a `Date` can hold; JSON's `9e999` is infinite. */
const LATEST = 8_640_000_000_000;

/** A kind of JWT that a provider issues. */
interface JwtKind extends JwtClaims {
  /** For messages, for example "ID token". */
  readonly name: string;
  readonly code:
    | "ID_TOKEN_INVALID"
    | "LOGOUT_TOKEN_INVALID"
    | "SECURITY_EVENT_INVALID"
    | "TOKEN_INVALID"
    | "USER_INFO_INVALID";
}

/** What every JWT of a provider for one client must be. */
export interface ProviderExpectations extends JwtExpectations {
  readonly provider: string;
  /** How `iss` may be written. */
  readonly issuers: readonly Issuer[];
  /** Tells a wrong clock from a wrong token. */
  readonly clockOffset: ClockOffset;
  readonly checkClaims?: IdTokenRules["checkClaims"] | undefined;
}

type CheckedKind = Parameters<NonNullable<IdTokenRules["checkClaims"]>>[1];

/** What a JWT is verified with: the provider's published keys, or a secret that it shares with the client. */
export type KeySource = PublishedKeys | { readonly secret: Uint8Array };

interface PublishedKeys {
  readonly keySet: KeySet;
  readonly client: KeySetClient;
  readonly source: JwtSource;
}

/** Verifies one JWT of a provider, and builds the errors about it. */
export class JwtCheck {
  readonly #kind: JwtKind;
  readonly #expected: ProviderExpectations;

  constructor(kind: JwtKind, expected: ProviderExpectations) {
    this.#kind = kind;
    this.#expected = expected;
  }

  /**
   * Verifies the JWT's signature and registered claims; fetches newer keys once when the key it names is missing.
   *
   * @throws OAuthError with the kind's code, `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, or `CLOCK_SKEW` when this
   * machine's clock is wrong.
   */
  async verify(text: string, keys: KeySource): Promise<VerifiedJwt> {
    // Measured before it is split: a huge token must cost nothing.
    if (typeof text !== "string") throw this.refusal("jwt", "it is not a string");
    if (text.length > LONGEST_JWT) throw this.refusal("jwt", "it is longer than 64 KB");
    const verified = await this.#verifyWithNewest(text, keys).catch((error: unknown) => {
      if (!(error instanceof JwtRefusal)) throw error;
      const { claim, reason, kind } = error;
      if (kind === "time") this.throwIfClockIsWrong();
      throw this.refusal(claim, reason, claim === "kid" ? "KEY_SELECTION_FAILED" : undefined);
    });
    const payload: Readonly<Record<string, unknown>> = ownFields(verified.payload);
    const isNamed = !this.#kind.optionalParties || payload["iss"] !== undefined;
    if (isNamed && !this.isIssued(payload)) throw this.refusal("iss", "iss is wrong");
    if (!tidyJson(verified.payload)) {
      throw this.refusal("jwt", "its claims are nested too deeply");
    }
    for (const claim of ["exp", "iat", "nbf", "auth_time"]) {
      if (Math.abs(payload[claim] as number) > LATEST) {
        throw this.refusal(claim, `${claim} is not a point in time`);
      }
    }
    if (
      [payload["aud"] ?? []]
        .flat()
        .some((audience) => typeof audience !== "string" || audience === "")
    ) {
      throw this.refusal("aud", "aud is not a list of clients");
    }
    return verified;
  }

  async #verifyWithNewest(text: string, keys: KeySource): Promise<VerifiedJwt> {
    const verifyWith = (usable: KeySetDocument | Uint8Array) =>
      verifyJwt(text, usable, this.#expected, this.#kind);
    if ("secret" in keys) return verifyWith(keys.secret);
    const { keySet, client, source } = keys;
    try {
      return await verifyWith(keysForIssuer(await keySet.keys(client), text));
    } catch (error) {
      if (!(error instanceof JwtRefusal) || error.kind !== "keyMissing") throw error;
      const newer = await keySet.refetch(client, source);
      if (!newer) throw error;
      return verifyWith(keysForIssuer(newer, text));
    }
  }

  /** Whether the provider is the issuer by the JWT's claims. */
  isIssued(claims: Readonly<Record<string, unknown>>): boolean {
    return this.#expected.issuers.some((issuer) => isIssuer(issuer, claims["iss"], claims));
  }

  /** Whether the client is an audience by the JWT's claims. */
  isForClient({ aud }: Readonly<Record<string, unknown>>): boolean {
    return [aud].flat().some((audience) => this.#expected.clientIds.includes(audience as string));
  }

  /**
   * Refuses JWTs of other kinds, which the provider signs with the same keys.
   *
   * @throws OAuthError with the kind's code.
   */
  refuseOtherKinds({ type = "", payload }: VerifiedJwt): void {
    // A logout token has the audience of a sign-in, and is none (OpenID Connect Back-Channel Logout §4).
    const isLogout = /^(?:application\/)?logout\+jwt$/i.test(type);
    if (isLogout || ownFields(payload)["events"] !== undefined) {
      throw this.refusal("events", "it is a logout token");
    }
    // Such a type names another kind of JWT (RFC 8725 §3.11), for example an access token (RFC 9068).
    if (/\+jwt$/i.test(type)) {
      throw this.refusal("typ", "its typ is that of another kind of JWT");
    }
  }

  /**
   * Applies the rule that only this provider has.
   *
   * @throws OAuthError with the kind's code.
   */
  refuseByOwnRule(claims: Readonly<Record<string, unknown>>, kind: CheckedKind): void {
    const problem = this.#expected.checkClaims?.(claims, kind);
    if (problem) throw this.refusal(problem.claim, problem.reason);
  }

  /** Builds the error for a claim that is wrong. */
  refusal(claim: string, reason: string, code: OAuthError["code"] = this.#kind.code): OAuthError {
    const { provider } = this.#expected;
    return new OAuthError(code, `The ${this.#kind.name} of ${provider} was refused: ${reason}.`, {
      provider,
      details: { claim },
    });
  }

  /** @throws OAuthError with code `CLOCK_SKEW` when it is this machine's clock that makes the JWT look wrong. */
  throwIfClockIsWrong(): void {
    const { provider, now, clockOffset } = this.#expected;
    const seconds = clockOffset.noticeable(now);
    if (seconds === undefined) return;
    const message = `${clockOffset.sentence(seconds)}, so the ${this.#kind.name} cannot be checked. Set the clock (NTP) and try again.`;
    throw new OAuthError("CLOCK_SKEW", message, { provider, details: { seconds } });
  }
}
