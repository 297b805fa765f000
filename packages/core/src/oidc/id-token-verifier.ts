import type { Clock } from "../clock.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Transport } from "../http/transport.ts";
import {
  anything,
  mustBeSeconds,
  mustBeText,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { RecentlyUsed } from "../recently-used.ts";
import type { IdTokenClaims, LogoutTokenClaims } from "../tokens/id-token-claims.ts";
import type * as IdTokens from "./id-token.ts";
import type { IdTokenExpectations } from "./id-token.ts";
import type * as KeySets from "./key-set.ts";

/** What a caller may ask of an ID token beyond the rules of OpenID Connect. */
export interface VerifyIdTokenOptions {
  /** The nonce that was sent. */
  readonly nonce?: string;
  /** The access token that came with it, to check `at_hash`. */
  readonly accessToken?: string;
  /** Seconds since the user last authenticated, at most. */
  readonly maxAge?: number;
  /** How far `iat` may be from now, in seconds. */
  readonly issuedWithin?: number;
}

/** How a logout token is checked beyond what it says. */
export interface VerifyLogoutTokenOptions {
  /**
   * Whether a token of this id (`jti`) was seen before; it is to remember the id until the given time, in
   * milliseconds since the epoch.
   *
   * @defaultValue the client's own memory: enough for one process, and for several give one that they share
   */
  readonly seen?: (id: string, until: number) => boolean | Promise<boolean>;
}

/** A condition that cannot be read must not pass for one that is met. */
const RULES: OptionRules<VerifyIdTokenOptions & Pick<IdTokenExpectations, "serverTime">> = {
  nonce: (value, name, options) =>
    name in options && typeof value !== "string"
      ? ["nonce must be the one that was sent: leave it out where none was sent"]
      : [],
  accessToken: mustBeText,
  maxAge: mustBeSeconds,
  issuedWithin: mustBeSeconds,
  serverTime: anything,
};

type KeySetModule = typeof KeySets;
type IdTokenModule = typeof IdTokens;

const MOST_LOGOUTS = 10_000;
/** Longer than a logout token without an end may be old. */
const REMEMBERED = 10 * 60_000;

/** The part of a provider's definition that its ID tokens are checked against. */
export interface IdTokenProvider {
  readonly name: string;
  readonly issuer?: string;
  readonly endpoints: { readonly jwks?: string };
  readonly idToken?: {
    readonly algorithms?: readonly string[];
    readonly issuerWithoutScheme?: boolean;
  };
}

/** Verifies the ID tokens and logout tokens of one client, with the provider's keys in a cache. */
export class IdTokenVerifier {
  readonly #provider: IdTokenProvider;
  readonly #clientId: string;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #logouts = new RecentlyUsed<number>(MOST_LOGOUTS);
  // Kept here: import() of a module that is loaded already still costs microseconds, on every token.
  #modules: Promise<[KeySetModule, IdTokenModule]> | undefined;

  constructor(provider: IdTokenProvider, clientId: string, transport: Transport, clock: Clock) {
    this.#provider = provider;
    this.#clientId = clientId;
    this.#clock = clock;
    this.#transport = transport;
  }

  /** Whether the provider has what it takes: an issuer and keys. */
  get supported(): boolean {
    const { endpoints, issuer } = this.#provider;
    return endpoints.jwks !== undefined && issuer !== undefined;
  }

  /** Verifies an ID token; see `OAuth2Client.verifyIdToken`. */
  async verify(
    jwt: string,
    options: VerifyIdTokenOptions & Pick<IdTokenExpectations, "serverTime">,
  ): Promise<IdTokenClaims> {
    throwProblems("verifyIdToken()", optionProblems(options, RULES), this.#provider.name);
    this.#modules ??= Promise.all([import("./key-set.ts"), import("./id-token.ts")]);
    const [{ sharedKeySet }, { verifyIdToken }] = await this.#modules;
    const { url, ...expected } = this.#expectations("verifyIdToken()");
    const keySet = sharedKeySet(url, expected.provider, this.#transport, this.#clock);
    return verifyIdToken(jwt, keySet, { ...options, ...expected });
  }

  /** Verifies a logout token; see `OAuth2Client.verifyLogoutToken`. */
  async verifyLogout(jwt: string, options: VerifyLogoutTokenOptions): Promise<LogoutTokenClaims> {
    const [{ sharedKeySet }, { verifyLogoutToken }] = await Promise.all([
      import("./key-set.ts"),
      import("./logout-token.ts"),
    ]);
    const { url, ...expected } = this.#expectations("verifyLogoutToken()");
    const keySet = sharedKeySet(url, expected.provider, this.#transport, this.#clock);
    const claims = await verifyLogoutToken(jwt, keySet, expected);
    const until = Math.max((claims.exp ?? 0) * 1000, this.#clock.now() + REMEMBERED);
    const seen = await (options.seen?.(claims.jti, until) ?? this.#seen(claims.jti, until));
    if (!seen) return claims;
    throw new OAuthError(
      "LOGOUT_TOKEN_INVALID",
      `The logout token of ${this.#provider.name} was refused: it was used before.`,
      { provider: this.#provider.name, details: { claim: "jti" } },
    );
  }

  /** What every token of the provider must be, and where its keys are. */
  #expectations(what: string) {
    const { name, issuer, idToken = {} } = this.#provider;
    const { jwks } = this.#provider.endpoints;
    if (jwks === undefined || issuer === undefined) {
      throw new ConfigurationError(
        `${what} of ${name}`,
        ["the provider needs issuer and endpoints.jwks"],
        name,
      );
    }
    return {
      url: jwks,
      provider: name,
      issuers: idToken.issuerWithoutScheme
        ? [issuer, issuer.replace(/^https?:\/\//, "")]
        : [issuer],
      clientId: this.#clientId,
      algorithms: idToken.algorithms ?? ["RS256"],
      now: this.#clock.now(),
    };
  }

  #seen(id: string, until: number): boolean {
    if ((this.#logouts.peek(id) ?? 0) >= this.#clock.now()) return true;
    this.#logouts.set(id, until);
    return false;
  }
}
