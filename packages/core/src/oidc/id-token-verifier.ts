import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { Transport } from "../http/transport.ts";
import type { Provider } from "../provider.ts";
import type { IdTokenClaims } from "./claims.ts";
import type { IdTokenExpectations } from "./id-token.ts";
import { KeySet } from "./key-set.ts";

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

/** Verifies the ID tokens of one client, with the provider's keys in a cache. */
export class IdTokenVerifier {
  readonly #provider: Provider;
  readonly #clientId: string;
  readonly #clock: Clock;
  readonly #keySet: KeySet | undefined;

  constructor(provider: Provider, clientId: string, transport: Transport, clock: Clock) {
    this.#provider = provider;
    this.#clientId = clientId;
    this.#clock = clock;
    const { jwks } = provider.endpoints;
    this.#keySet = jwks ? new KeySet(jwks, provider.name, transport, clock) : undefined;
  }

  /** Whether the provider has what it takes: an issuer and keys. */
  get supported(): boolean {
    return this.#keySet !== undefined && this.#provider.issuer !== undefined;
  }

  /** Verifies a token; see `OAuth2Client.verifyIdToken`. */
  async verify(
    jwt: string,
    options: VerifyIdTokenOptions & Pick<IdTokenExpectations, "serverTime">,
  ): Promise<IdTokenClaims> {
    const { name, issuer, idToken = {} } = this.#provider;
    if (!this.#keySet || issuer === undefined) {
      throw new ConfigurationError(
        `verifyIdToken() of ${name}`,
        ["the provider needs issuer and endpoints.jwks"],
        name,
      );
    }
    const { verifyIdToken } = await import("./id-token.ts");
    return verifyIdToken(jwt, this.#keySet, {
      ...options,
      provider: name,
      issuers: idToken.issuerWithoutScheme
        ? [issuer, issuer.replace(/^https?:\/\//, "")]
        : [issuer],
      clientId: this.#clientId,
      algorithms: idToken.algorithms ?? ["RS256"],
      now: this.#clock.now(),
    });
  }
}
