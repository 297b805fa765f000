import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { optionProblems } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { RecentlyUsed } from "../recently-used.ts";
import type {
  IdTokenClaims,
  LogoutTokenClaims,
  SecurityEventClaims,
} from "../tokens/id-token-claims.ts";
import type { ClientSecret } from "./client-secret.ts";
import type { IdTokenExpectations, RefreshedIdToken } from "./id-token.ts";
import {
  algorithmsOf,
  canVerifyIdTokens,
  type IdTokenProvider,
  isVerifiedBySecret,
  secretProblems,
} from "./id-token-problems.ts";
import type { IdTokenRules } from "./id-token-rules.ts";
import { spellingsOf } from "./issuer.ts";
import type * as keySets from "./key-set.ts";
import { verifyWithKeySets } from "./key-sets-in-turn.ts";
import {
  EVENT_OPTION_RULES,
  ID_TOKEN_OPTION_RULES,
  type VerifyIdTokenOptions,
  type VerifyLogoutTokenOptions,
  type VerifySecurityEventOptions,
} from "./verification-options.ts";
import type { KeySource } from "./verified-jwt.ts";

/** What the ID token of a grant must be. */
export interface GrantedIdToken extends VerifyIdTokenOptions {
  /** The code that was exchanged for it, to check `c_hash`. */
  readonly code?: string | undefined;
  /** Whether it ends a sign-in of this client. */
  readonly isSignIn: boolean;
}

const MOST_LOGOUTS = 10_000;
/** Milliseconds: longer than a logout token without `exp` is accepted when the clocks agree. */
const REMEMBERED = 10 * 60_000;

/** A client whose ID tokens are verified. */
export interface VerifyingClient extends keySets.KeySetClient {
  readonly provider: IdTokenProvider;
  readonly clientId: string;
  readonly secret: Pick<ClientSecret, "get">;
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

  get #rules(): IdTokenRules {
    return ownFields<IdTokenRules>(this.#provider.idToken || {});
  }

  /** Whether ID tokens can be verified: the provider has an issuer, and keys or an HMAC. */
  get supported(): boolean {
    return canVerifyIdTokens(this.#provider);
  }

  /** Whether a sign-in with such a scope has a nonce; with tokens in the callback it always has (Core §3.2.2.1). */
  needsNonce(scope: readonly unknown[], responseType: unknown): boolean {
    if (!this.supported || !scope.includes("openid")) return false;
    return this.#rules.nonce !== false || responseType === "token";
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

  /** Verifies an ID token of any of the app's clients; see `OAuth2Client.verifyIdToken`. */
  async verify(jwt: string, options: VerifyIdTokenOptions): Promise<IdTokenClaims> {
    const problems = optionProblems(options, ID_TOKEN_OPTION_RULES);
    throwProblems("verifyIdToken()", problems, this.#provider.name);
    const { keySets = [undefined], ...expected } = ownFields(options);
    return verifyWithKeySets(keySets, (keySet) =>
      this.#verify(jwt, expected, "anybody", this.#clientIds, keySet),
    );
  }

  get #clientIds(): readonly string[] {
    return [this.#client.clientId, ...(this.#rules.authorizedParties ?? [])];
  }

  /** Verifies the ID token of a grant: it must be for this client, whose secret or proof key fetched it. */
  async verifyGranted(
    jwt: string,
    details: GrantedIdToken,
    source: keySets.JwtSource,
  ): Promise<IdTokenClaims> {
    const { isSignIn, ...expected } = details;
    const isWithoutNonce = isSignIn && this.#rules.nonce === false && details.nonce === undefined;
    return this.#verify(jwt, { ...expected, isWithoutNonce }, source);
  }

  async #verify(
    jwt: string,
    options: Partial<IdTokenExpectations>,
    source: keySets.JwtSource,
    clientIds: readonly string[] = [this.#client.clientId],
    keySet?: string,
  ): Promise<IdTokenClaims> {
    const [{ sharedKeySet }, { verifyIdToken }] = await (this.#modules ??= loadModules());
    const method = "verifyIdToken()";
    const { keys, expected } = await this.#expectations(method, sharedKeySet, source, keySet);
    const { issuers = expected.issuers } = ownFields(options);
    return verifyIdToken(jwt, keys, ownFields({ ...options, ...expected, issuers, clientIds }));
  }

  /** Verifies the ID token of a refresh that brought an access token; see `verifyRefreshedIdToken`. */
  async verifyRefreshed(jwt: string, accessToken: string): Promise<RefreshedIdToken> {
    const [{ sharedKeySet }, { verifyRefreshedIdToken }] = await (this.#modules ??= loadModules());
    const method = "refreshToken()";
    const { keys, expected } = await this.#expectations(method, sharedKeySet, "provider");
    return verifyRefreshedIdToken(jwt, keys, ownFields({ accessToken, ...expected }));
  }

  /** Verifies user info that is a JWT, and returns its claims; see `verifySignedUserInfo`. */
  async verifyUserInfo(jwt: string): Promise<Readonly<Record<string, unknown>>> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifySignedUserInfo } = await import("./signed-user-info.ts");
    const method = "The signed user info";
    const { keys, expected } = await this.#expectations(method, sharedKeySet, "provider");
    return verifySignedUserInfo(jwt, keys, expected);
  }

  /** Verifies an access token whose audience is the client, an API. */
  async verifyAccess(jwt: string): Promise<Readonly<Record<string, unknown>>> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifyAccessToken } = await import("./access-token.ts");
    const method = "verifyAccessToken()";
    const { keys, expected } = await this.#expectations(method, sharedKeySet, "anybody");
    return ownFields(await verifyAccessToken(jwt, keys, expected));
  }

  /** Verifies a logout token; see `OAuth2Client.verifyLogoutToken`. */
  async verifyLogout(jwt: string, options: VerifyLogoutTokenOptions): Promise<LogoutTokenClaims> {
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifyLogoutToken } = await import("./logout-token.ts");
    const method = "verifyLogoutToken()";
    const { keys, expected } = await this.#expectations(method, sharedKeySet, "anybody");
    const { clock, clockTolerance } = this.#client;
    const claims = await verifyLogoutToken(jwt, keys, expected);
    const last = Math.max((ownFields(claims).exp ?? 0) * 1000, clock.now() + REMEMBERED);
    const until = last + 2 * clockTolerance * 1000;
    const seen = await (options.seen?.(claims.jti, until) ?? this.#seen(claims.jti, until));
    if (!seen) return claims;
    const { name: provider } = this.#provider;
    const message = `The logout token of ${provider} was refused: it was used before.`;
    throw new OAuthError("LOGOUT_TOKEN_INVALID", message, { provider, details: { claim: "jti" } });
  }

  /** Verifies a security event token of any of the app's clients; see `OAuth2Client.verifySecurityEvent`. */
  async verifyEvent(
    jwt: string,
    options: VerifySecurityEventOptions,
  ): Promise<SecurityEventClaims> {
    const method = "verifySecurityEvent()";
    throwProblems(method, optionProblems(options, EVENT_OPTION_RULES), this.#provider.name);
    const { sharedKeySet } = await import("./key-set.ts");
    const { verifySecurityEvent } = await import("./security-event.ts");
    const { keys, expected } = await this.#expectations(method, sharedKeySet, "anybody");
    const { issuers = expected.issuers } = options;
    const clientIds = this.#clientIds;
    return verifySecurityEvent(jwt, keys, ownFields({ ...expected, issuers, clientIds }));
  }

  async #expectations(
    method: string,
    keySetAt: typeof keySets.sharedKeySet,
    source: keySets.JwtSource,
    keySet?: string,
  ) {
    const { name, issuer } = this.#provider;
    if (issuer === undefined || !this.supported) {
      const reason = this.#provider.idToken === false ? ", and its idToken must not be false" : "";
      const problems = [`the provider needs issuer and endpoints.jwks${reason}`];
      throw new ConfigurationError(`${method} of ${name}`, problems, name);
    }
    const { audiences, issuerWithoutScheme, checkClaims } = this.#rules;
    const { clock, clockTolerance, transport } = this.#client;
    return {
      keys: await this.#keys(method, keySetAt, source, keySet),
      expected: ownFields({
        provider: name,
        issuers: spellingsOf(issuer, issuerWithoutScheme),
        clientIds: [this.#client.clientId],
        algorithms: algorithmsOf(this.#provider),
        audiences,
        checkClaims,
        now: clock.now(),
        clockTolerance,
        clockOffset: transport.clockOffset,
      }),
    };
  }

  /** The client secret as a key where it verifies the tokens (OpenID Connect Core §10.1), or else the published keys. */
  async #keys(
    method: string,
    keySetAt: typeof keySets.sharedKeySet,
    source: keySets.JwtSource,
    url?: string,
  ): Promise<KeySource> {
    const client = this.#client;
    if (url !== undefined || !isVerifiedBySecret(client.provider)) {
      const keySet = keySetAt(url ?? (client.provider.endpoints.jwks as string), client);
      return ownFields({ keySet, client, source });
    }
    const secret = await client.secret.get();
    throwProblems(method, secretProblems(client.provider, secret), client.provider.name);
    return { secret: new TextEncoder().encode(secret) };
  }

  #seen(id: string, until: number): boolean {
    if ((this.#logouts.peek(id) ?? 0) >= this.#client.clock.now()) return true;
    this.#logouts.set(id, until);
    return false;
  }
}
