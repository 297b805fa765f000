import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
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
import type { IdTokenRules } from "./id-token-rules.ts";
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
  readonly idToken?: IdTokenRules | false;
}

/** A client whose ID tokens are verified. */
export interface VerifyingClient extends keySets.KeySetClient {
  readonly provider: IdTokenProvider;
  readonly clientId: string;
  /** Seconds. */
  readonly clockTolerance: number;
}

/** Loads what ID tokens are verified with, which few apps need at once. */
const loadModules = () => Promise.all([import("./key-set.ts"), import("./id-token.ts")]);

/** Verifies the ID tokens and logout tokens of one client. */
export class IdTokenVerifier {
  readonly #client: VerifyingClient;
  readonly #logouts = new RecentlyUsed<number>(MOST_LOGOUTS);
  // Kept here: import() of a module that is loaded still takes microseconds, for every token.
  #modules: ReturnType<typeof loadModules> | undefined;

  constructor(client: VerifyingClient) {
    this.#client = client;
  }

  get #provider(): IdTokenProvider {
    return this.#client.provider;
  }

  /** Whether ID tokens can be verified: the provider has an issuer and keys. */
  get supported(): boolean {
    const { endpoints, issuer, idToken } = this.#provider;
    return endpoints.jwks !== undefined && issuer !== undefined && idToken !== false;
  }

  /** Lists what is wrong with a scope: with `openid` comes an ID token, which must not be ignored in silence. */
  scopeProblems(scope: unknown): string[] {
    const isOpenId = Array.isArray(scope) && scope.includes("openid");
    if (!isOpenId || this.supported || this.#provider.idToken === false) return [];
    return [
      "the scope has openid, and the provider's ID tokens cannot be verified: its definition needs issuer and endpoints.jwks (in metadata: jwks_uri), or idToken: false, which ignores ID tokens",
    ];
  }

  /** Loads what ID tokens are verified with. */
  async load(): Promise<void> {
    if (this.supported) await (this.#modules ??= loadModules());
  }

  /** Verifies an ID token; see `OAuth2Client.verifyIdToken`. */
  async verify(
    jwt: string,
    options: VerifyIdTokenOptions,
    source: keySets.JwtSource = "anybody",
  ): Promise<IdTokenClaims> {
    throwProblems("verifyIdToken()", optionProblems(options, RULES), this.#provider.name);
    const [{ sharedKeySet }, { verifyIdToken }] = await (this.#modules ??= loadModules());
    const { keySet, expected } = this.#expectations("verifyIdToken()", sharedKeySet);
    const keys = { keySet, client: this.#client, source };
    return verifyIdToken(jwt, keys, ownFields({ ...options, ...expected }));
  }

  /** Verifies the ID token of a refresh that brought an access token; see `verifyRefreshedIdToken`. */
  async verifyRefreshed(jwt: string, accessToken: string): Promise<RefreshedIdToken> {
    const [{ sharedKeySet }, { verifyRefreshedIdToken }] = await (this.#modules ??= loadModules());
    const { keySet, expected } = this.#expectations("refreshToken()", sharedKeySet);
    const keys = { keySet, client: this.#client, source: "provider" } as const;
    return verifyRefreshedIdToken(jwt, keys, ownFields({ accessToken, ...expected }));
  }

  /** Verifies user info that is a JWT, and returns its claims; see `verifySignedUserInfo`. */
  async verifyUserInfo(jwt: string): Promise<Readonly<Record<string, unknown>>> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifySignedUserInfo } = await import("./signed-user-info.ts");
    const { keySet, expected } = this.#expectations("The signed user info", sharedKeySet);
    const keys = { keySet, client: this.#client, source: "provider" } as const;
    return verifySignedUserInfo(jwt, keys, expected);
  }

  /** Verifies a logout token; see `OAuth2Client.verifyLogoutToken`. */
  async verifyLogout(jwt: string, options: VerifyLogoutTokenOptions): Promise<LogoutTokenClaims> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifyLogoutToken } = await import("./logout-token.ts");
    const { keySet, expected } = this.#expectations("verifyLogoutToken()", sharedKeySet);
    const { clock, clockTolerance } = this.#client;
    const keys = { keySet, client: this.#client, source: "anybody" } as const;
    const claims = await verifyLogoutToken(jwt, keys, expected);
    const last = Math.max((ownFields(claims).exp ?? 0) * 1000, clock.now() + REMEMBERED);
    const until = last + 2 * clockTolerance * 1000;
    const seen = await (options.seen?.(claims.jti, until) ?? this.#seen(claims.jti, until));
    if (!seen) return claims;
    const { name: provider } = this.#provider;
    const message = `The logout token of ${provider} was refused: it was used before.`;
    throw new OAuthError("LOGOUT_TOKEN_INVALID", message, { provider, details: { claim: "jti" } });
  }

  #expectations(method: string, keySetAt: typeof keySets.sharedKeySet) {
    const { name, issuer, endpoints } = this.#provider;
    const isIgnored = this.#provider.idToken === false;
    const idToken = ownFields<IdTokenRules>(this.#provider.idToken || {});
    if (endpoints.jwks === undefined || issuer === undefined || isIgnored) {
      const reason = isIgnored ? ", and its idToken must not be false" : "";
      const problems = [`the provider needs issuer and endpoints.jwks${reason}`];
      throw new ConfigurationError(`${method} of ${name}`, problems, name);
    }
    const { clock, clockTolerance, transport } = this.#client;
    const issuers = [issuer];
    if (idToken.issuerWithoutScheme) issuers.push(issuer.replace(/^https?:\/\//, ""));
    return {
      keySet: keySetAt(endpoints.jwks, this.#client),
      expected: ownFields({
        provider: name,
        issuers,
        clientId: this.#client.clientId,
        algorithms: idToken.algorithms ?? ["RS256"],
        audiences: idToken.audiences,
        now: clock.now(),
        clockTolerance,
        clockOffset: transport.clockOffset,
      }),
    };
  }

  #seen(id: string, until: number): boolean {
    if ((this.#logouts.peek(id) ?? 0) >= this.#client.clock.now()) return true;
    this.#logouts.set(id, until);
    return false;
  }
}
