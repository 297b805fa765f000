import type { Clock } from "../clock.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Transport } from "../http/transport.ts";
import {
  mustBeSeconds,
  mustBeText,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { RecentlyUsed } from "../recently-used.ts";
import type { IdTokenClaims, LogoutTokenClaims } from "../tokens/id-token-claims.ts";
import type { RefreshedIdToken } from "./id-token.ts";
import type * as keySets from "./key-set.ts";

/** What an ID token must be beyond the rules of OpenID Connect. */
export interface VerifyIdTokenOptions {
  /** The nonce that was sent. */
  readonly nonce?: string;
  /** The access token that came with the ID token, to check `at_hash`. */
  readonly accessToken?: string;
  /** The longest time since the user last authenticated, in seconds. */
  readonly maxAge?: number;
  /** The longest time since `iat`, in seconds; how far `iat` may be ahead is the client's `clockTolerance`. */
  readonly issuedWithin?: number;
}

/** How a logout token is checked beyond its signature and claims. */
export interface VerifyLogoutTokenOptions {
  /**
   * Tells whether a token with this id (`jti`) was used before, and remembers the id until the given time, in
   * milliseconds since the epoch.
   *
   * @defaultValue the client's own memory, which is enough for one process; several processes need one that they share
   */
  readonly seen?: (id: string, until: number) => boolean | Promise<boolean>;
}

const RULES: OptionRules<VerifyIdTokenOptions> = {
  // A condition that cannot be read must not count as met.
  nonce: (value, name, options) =>
    name in options && typeof value !== "string"
      ? ["nonce must be the one that was sent: leave it out where none was sent"]
      : [],
  accessToken: mustBeText,
  maxAge: mustBeSeconds,
  issuedWithin: mustBeSeconds,
};

const MOST_LOGOUTS = 10_000;
/** Milliseconds: longer than a logout token without `exp` is accepted when the clocks agree. */
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

/** Loads what ID tokens are verified with, which few apps need at once. */
const loadModules = () => Promise.all([import("./key-set.ts"), import("./id-token.ts")]);

/** Verifies the ID tokens and logout tokens of one client. */
export class IdTokenVerifier {
  readonly #provider: IdTokenProvider;
  readonly #clientId: string;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #clockTolerance: number;
  readonly #logouts = new RecentlyUsed<number>(MOST_LOGOUTS);
  // Kept here: import() of a module that is loaded still takes microseconds, for every token.
  #modules: ReturnType<typeof loadModules> | undefined;

  constructor(
    provider: IdTokenProvider,
    clientId: string,
    transport: Transport,
    clock: Clock,
    clockTolerance: number,
  ) {
    this.#provider = provider;
    this.#clientId = clientId;
    this.#clock = clock;
    this.#transport = transport;
    this.#clockTolerance = clockTolerance;
  }

  /** Whether ID tokens can be verified: the provider has an issuer and keys. */
  get supported(): boolean {
    const { endpoints, issuer } = this.#provider;
    return endpoints.jwks !== undefined && issuer !== undefined;
  }

  /** Verifies an ID token; see `OAuth2Client.verifyIdToken`. */
  async verify(jwt: string, options: VerifyIdTokenOptions): Promise<IdTokenClaims> {
    throwProblems("verifyIdToken()", optionProblems(options, RULES), this.#provider.name);
    const [{ sharedKeySet }, { verifyIdToken }] = await (this.#modules ??= loadModules());
    const { keySet, expected } = this.#expectations("verifyIdToken()", sharedKeySet);
    return verifyIdToken(jwt, keySet, ownFields({ ...options, ...expected }));
  }

  /** Verifies the ID token of a refresh that brought an access token; see `verifyRefreshedIdToken`. */
  async verifyRefreshed(jwt: string, accessToken: string): Promise<RefreshedIdToken> {
    const [{ sharedKeySet }, { verifyRefreshedIdToken }] = await (this.#modules ??= loadModules());
    const { keySet, expected } = this.#expectations("refreshToken()", sharedKeySet);
    return verifyRefreshedIdToken(jwt, keySet, ownFields({ accessToken, ...expected }));
  }

  /** Verifies a logout token; see `OAuth2Client.verifyLogoutToken`. */
  async verifyLogout(jwt: string, options: VerifyLogoutTokenOptions): Promise<LogoutTokenClaims> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifyLogoutToken } = await import("./logout-token.ts");
    const { keySet, expected } = this.#expectations("verifyLogoutToken()", sharedKeySet);
    const claims = await verifyLogoutToken(jwt, keySet, expected);
    const last = Math.max((ownFields(claims).exp ?? 0) * 1000, this.#clock.now() + REMEMBERED);
    const until = last + 2 * this.#clockTolerance * 1000;
    const seen = await (options.seen?.(claims.jti, until) ?? this.#seen(claims.jti, until));
    if (!seen) return claims;
    const { name: provider } = this.#provider;
    const message = `The logout token of ${provider} was refused: it was used before.`;
    throw new OAuthError("LOGOUT_TOKEN_INVALID", message, { provider, details: { claim: "jti" } });
  }

  #expectations(method: string, keySetAt: typeof keySets.sharedKeySet) {
    const { name, issuer, endpoints } = this.#provider;
    const idToken = ownFields(this.#provider.idToken ?? {});
    if (endpoints.jwks === undefined || issuer === undefined) {
      const problems = ["the provider needs issuer and endpoints.jwks"];
      throw new ConfigurationError(`${method} of ${name}`, problems, name);
    }
    const issuers = [issuer];
    if (idToken.issuerWithoutScheme) issuers.push(issuer.replace(/^https?:\/\//, ""));
    return {
      keySet: keySetAt(endpoints.jwks, name, this.#transport, this.#clock),
      expected: ownFields({
        provider: name,
        issuers,
        clientId: this.#clientId,
        algorithms: idToken.algorithms ?? ["RS256"],
        now: this.#clock.now(),
        clockTolerance: this.#clockTolerance,
        clockOffset: this.#transport.clockOffset,
      }),
    };
  }

  #seen(id: string, until: number): boolean {
    if ((this.#logouts.peek(id) ?? 0) >= this.#clock.now()) return true;
    this.#logouts.set(id, until);
    return false;
  }
}
