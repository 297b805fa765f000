import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Transport } from "../http/transport.ts";
import type { Provider } from "../provider.ts";
import type { IdTokenClaims, LogoutTokenClaims } from "./claims.ts";
import type { IdTokenExpectations } from "./id-token.ts";

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

const MOST_LOGOUTS = 10_000;
/** Longer than a logout token without an end may be old. */
const REMEMBERED = 10 * 60_000;

/** Verifies the ID tokens and logout tokens of one client, with the provider's keys in a cache. */
export class IdTokenVerifier {
  readonly #provider: Provider;
  readonly #clientId: string;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #logouts = new Map<string, number>();

  constructor(provider: Provider, clientId: string, transport: Transport, clock: Clock) {
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
    const [{ keySet, ...expected }, { verifyIdToken }] = await Promise.all([
      this.#expectations("verifyIdToken()"),
      import("./id-token.ts"),
    ]);
    return verifyIdToken(jwt, keySet, { ...options, ...expected });
  }

  /** Verifies a logout token; see `OAuth2Client.verifyLogoutToken`. */
  async verifyLogout(jwt: string, options: VerifyLogoutTokenOptions): Promise<LogoutTokenClaims> {
    const [{ keySet, ...expected }, { verifyLogoutToken }] = await Promise.all([
      this.#expectations("verifyLogoutToken()"),
      import("./logout-token.ts"),
    ]);
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

  async #expectations(what: string) {
    const { name, issuer, idToken = {} } = this.#provider;
    const { jwks } = this.#provider.endpoints;
    if (jwks === undefined || issuer === undefined) {
      throw new ConfigurationError(
        `${what} of ${name}`,
        ["the provider needs issuer and endpoints.jwks"],
        name,
      );
    }
    const { sharedKeySet } = await import("./key-set.ts");
    return {
      keySet: sharedKeySet(jwks, name, this.#transport, this.#clock),
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
    const now = this.#clock.now();
    for (const [known, end] of this.#logouts) {
      if (end >= now && this.#logouts.size < MOST_LOGOUTS) break;
      this.#logouts.delete(known);
    }
    if (this.#logouts.has(id)) return true;
    this.#logouts.set(id, until);
    return false;
  }
}
