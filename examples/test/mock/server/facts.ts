import type { KeyName } from "./signing.ts";

/** A request that a mock received, at the provider's own URL. */
export interface Call {
  readonly method: string;
  /** With the provider's host, for example `https://id.twitch.tv/oauth2/token`. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The fields of the form, of the JSON body, or of the query where there is no body. */
  readonly fields: Readonly<Record<string, string>>;
  /** The body unchanged. */
  readonly body: string;
}

/** An answer of a mock: an object is sent as JSON, a text as HTML. */
export interface Answer {
  readonly status?: number;
  readonly body?: object | string;
}

/** Why a mock refuses a request to an OAuth endpoint. */
export interface Refusal {
  readonly status?: number;
  readonly error: string;
  readonly description: string;
}

/** What the user consented to. */
export interface Grant {
  /** The parameters of the authorization request. */
  readonly query: Readonly<Record<string, string>>;
  readonly scope: readonly string[];
  /** When the user consented, in seconds since the epoch. */
  readonly authenticatedAt: number;
  /** How many times the user has consented before. */
  readonly visit: number;
  code: string;
  isRevoked: boolean;
}

/** A token request that is about to succeed. */
export interface TokenRequest {
  readonly call: Call;
  readonly grant: Grant;
  readonly isRefresh: boolean;
  /** In seconds since the epoch. */
  readonly now: number;
}

/** An ID token. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly [name: string]: unknown;
}

/** How a provider behaves, as its documentation says. What is missing is as RFC 6749 says. */
export interface ProviderFacts {
  readonly authorization: string;
  readonly token: string;
  readonly revocation?: string;
  readonly jwks?: string;
  /** How a client with a secret authenticates. */
  readonly authentication: readonly ("basic" | "post" | "jwt")[];
  /** The parameter that carries the client ID. */
  readonly clientId?: string;
  /** How a challenge is compared with the verifier; without it, both are ignored. */
  readonly pkce?: "S256" | "sha256-hex";
  /** Whether an authorization request without a challenge is refused. */
  readonly pkceRequired?: boolean;
  readonly scopeDelimiter?: string;
  /** The content type that token and revocation requests must have. */
  readonly contentType?: string;
  /** Lifetime of an access token in seconds; without it, none is named. */
  readonly lifetime?: number;
  /** Whether this grant gets a refresh token. */
  refreshable?(request: TokenRequest): boolean;
  /** Whether a refresh returns a new refresh token, which ends the one before. */
  readonly rotates?: boolean;
  /** What the authorization page refuses. */
  refuseAuthorization?(query: Grant["query"]): Refusal | undefined;
  /**
   * What the token and the revocation endpoint refuse before they look at the grant.
   *
   * @param now - In seconds since the epoch.
   */
  refuseClient?(call: Call, now: number): Refusal | undefined | Promise<Refusal | undefined>;
  /** Parameters of the callback beside `code` and `state`. */
  callback?(grant: Grant): Readonly<Record<string, string>>;
  /** Fields of the token response beside the usual ones; `undefined` removes one. */
  tokenFields?(request: TokenRequest): Readonly<Record<string, unknown>>;
  /** The claims of the ID token, for a grant that gets one. */
  claims?(request: TokenRequest): Claims | undefined;
  /** Further members of the published keys. */
  readonly keyMembers?: Readonly<Record<string, string>>;
  /** The key that signs ID tokens. */
  readonly signingKey?: KeyName;
  /** How an error of an OAuth endpoint looks. */
  error?(refusal: Refusal): object;
  /** The error for a refresh token that is unknown, spent or revoked. */
  readonly refreshRefusal?: Refusal;
  /** What the revocation endpoint answers for a token that it does not know, and for one that it revoked. */
  readonly revocationAnswers?: { readonly unknown?: Answer; readonly done?: Answer };
  /** Whether refresh tokens are unknown to the revocation endpoint. */
  readonly revokesAccessTokensOnly?: boolean;
  /** Reads the access token of an API request; by default from a Bearer header. */
  credential?(call: Call): string | undefined;
  /** The API's answer to a request without a valid token. */
  readonly unauthorized?: Answer;
  /** Pages that need no token, by method and URL without query: `"GET https://…"`. */
  readonly pages?: Readonly<Record<string, (call: Call) => Answer>>;
  /** The API: what a request with a valid token is answered. `revoke` ends the grant. */
  readonly api?: Readonly<Record<string, (call: Call, grant: Grant) => Answer>>;
}
