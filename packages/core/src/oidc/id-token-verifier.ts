import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { Transport } from "../http/transport.ts";
import type { Provider } from "../provider.ts";
import type { IdTokenClaims } from "./claims.ts";
import type { IdTokenExpectations } from "./id-token.ts";
import type { KeySet } from "./key-set.ts";

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
  readonly #transport: Transport;
  #keySet: KeySet | undefined;

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

  /** Verifies a token; see `OAuth2Client.verifyIdToken`. */
  async verify(
    jwt: string,
    options: VerifyIdTokenOptions & Pick<IdTokenExpectations, "serverTime">,
  ): Promise<IdTokenClaims> {
    const { name, issuer, idToken = {} } = this.#provider;
    const { jwks } = this.#provider.endpoints;
    if (jwks === undefined || issuer === undefined) {
      throw new ConfigurationError(
        `verifyIdToken() of ${name}`,
        ["the provider needs issuer and endpoints.jwks"],
        name,
      );
    }
    const [{ verifyIdToken }, { KeySet }] = await Promise.all([
      import("./id-token.ts"),
      import("./key-set.ts"),
    ]);
    this.#keySet ??= new KeySet(jwks, name, this.#transport, this.#clock);
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
