import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { ProviderErrorBody } from "./errors/provider-error.ts";
import { ConfigurationError } from "./errors/configuration-error.ts";
import type { Hooks } from "./hooks.ts";
import type { ProviderApi } from "./http/api-origins.ts";
import type { ExpiredToken } from "./tokens/expired-token.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import { openIdProfile, type Profile } from "./profile.ts";
import { isProviderName, overrideProblems, providerProblems } from "./provider-problems.ts";

/** Where a provider's endpoints are, each an absolute URL. */
export interface ProviderEndpoints {
  /** Where users are sent to sign in (RFC 6749 §3.1); a provider of tokens for apps alone has none. */
  readonly authorization?: string;
  /** Where codes and refresh tokens are exchanged (RFC 6749 §3.2). */
  readonly token: string;
  /** Where the signed-in user is described; a path is relative to the API. */
  readonly userInfo?: string;
  /** The keys that ID tokens are signed with (RFC 7517). */
  readonly jwks?: string;
  /** Where tokens are revoked (RFC 7009). */
  readonly revocation?: string;
  /** Where tokens are asked about (RFC 7662). */
  readonly introspection?: string;
  /** Where a device flow begins (RFC 8628). */
  readonly deviceAuthorization?: string;
  /** Where authorization requests are pushed to (RFC 9126). */
  readonly pushedAuthorization?: string;
  /** Where users are sent to sign out of the provider (OpenID Connect RP-Initiated Logout). */
  readonly endSession?: string;
}

/** Other places for a provider's parts: an emulator's `endpoints`, a company's own server. */
export interface EndpointOverrides extends Partial<ProviderEndpoints> {
  /** The issuer that takes the place of the provider's. */
  readonly issuer?: string;
  /** The base URL that takes the place of the API's. */
  readonly api?: string;
}

/** Reads the provider's API with the user's token. */
export interface ApiReader {
  /** The parsed JSON body at a URL or a path of the API. */
  get(url: string): Promise<unknown>;
}

/** A provider: data, and small pure functions where data does not do. */
export interface ProviderDefinition<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> {
  /** Short name in lower case, for example `example`: in errors, and in what an authorization request remembers. */
  readonly name: string;
  /** The issuer identifier: what `iss` in callbacks (RFC 9207) and ID tokens must equal, byte for byte. */
  readonly issuer?: string;
  /** Where the provider's endpoints are. */
  readonly endpoints: ProviderEndpoints;
  /**
   * Whether every callback carries `iss`, so that one without it is refused (RFC 9207 §2.4).
   *
   * @defaultValue `false`
   */
  readonly issuerInCallback?: boolean;
  /**
   * Whether every authorization request is pushed (RFC 9126 §5).
   *
   * @defaultValue `false`
   */
  readonly pushAuthorizationRequests?: boolean;
  /**
   * What separates scopes, in requests and answers.
   *
   * @defaultValue `" "`
   */
  readonly scopeDelimiter?: string;
  /** Names under which a scope comes back: asked for → granted. */
  readonly scopeAliases?: Readonly<Record<string, string>>;
  /**
   * How a client with a secret proves who it is.
   *
   * @defaultValue `"post"`
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * Where access tokens go.
   *
   * @defaultValue `"header"`
   */
  readonly tokenPlacement?: TokenPlacement;
  /** The API that the tokens are for. */
  readonly api?: ProviderApi;
  /**
   * Which answers of the API say that an access token has expired, where it has a status or a word of its own for that.
   *
   * @defaultValue a 401, unless its challenge names another error (RFC 6750 §3.1)
   */
  readonly expiredToken?: ExpiredToken;
  /** The scope of a request that names none. */
  readonly defaultScope?: readonly (Scope | (string & {}))[];
  /** What ID tokens of this provider look like. */
  readonly idToken?: {
    /**
     * Signature algorithms that are accepted.
     *
     * @defaultValue `["RS256"]`
     */
    readonly algorithms?: readonly string[];
    /** Whether `iss` may also be the issuer without its `https://`. */
    readonly issuerWithoutScheme?: boolean;
  };
  /** The provider's words for RFC 6749's errors: theirs → `invalid_grant` and the like. */
  readonly errorAliases?: Readonly<Record<string, string>>;
  /** Names of the options that `authorizationParameters` reads, so that a misspelled one is refused. */
  readonly authorizationOptions?: readonly string[];
  /**
   * The provider's own options as parameters of the authorization request. State, PKCE and nonce are the client's, and
   * stay what they are.
   */
  authorizationParameters?(
    options: AuthorizationOptions,
  ): Readonly<Record<string, string | undefined>>;
  /** Reads an error body that is not RFC 6749's; undefined when it is none of the provider's shapes. */
  readError?(body: Readonly<Record<string, unknown>>): ProviderErrorBody | undefined;
  /** Collects the user info where one GET of `endpoints.userInfo` is not enough. */
  userInfo?(api: ApiReader): Promise<Readonly<Record<string, unknown>>>;
  /** User info as the common profile; OpenID Connect's claims when absent. */
  profile?(raw: Readonly<Record<string, unknown>>): Profile;
  /** Where the provider is mended; they run before a client's hooks. */
  readonly hooks?: Hooks;
}

const DEFINED: unique symbol = Symbol.for("@grantkit/core/Provider") as never;

/** A provider that was checked and has its defaults: made by {@link defineProvider}. */
export interface Provider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> extends ProviderDefinition<Scope, AuthorizationOptions> {
  /** What separates scopes. */
  readonly scopeDelimiter: string;
  /** How a client with a secret proves who it is. */
  readonly clientAuthentication: ClientAuthentication;
  /** The scope of a request that names none. */
  readonly defaultScope: readonly (Scope | (string & {}))[];
  /** Where access tokens go. */
  readonly tokenPlacement: TokenPlacement;
  /** User info as the common profile. */
  profile(raw: Readonly<Record<string, unknown>>): Profile;
}

/**
 * Checks a provider's definition and fills in its defaults.
 *
 * @param definition - The provider.
 * @param overrides - Other places for its parts, for example the `endpoints` of an emulator.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
 *
 * @example
 * ```ts
 * import { defineProvider, OAuth2Client } from "@grantkit/core";
 *
 * const example = defineProvider({
 *   name: "example",
 *   endpoints: {
 *     authorization: "https://id.example.com/authorize",
 *     token: "https://id.example.com/token",
 *     userInfo: "/me",
 *   },
 *   api: { baseUrl: "https://api.example.com/v1" },
 *   defaultScope: ["profile"],
 *   profile: (raw) => ({ id: String(raw["id"]), name: String(raw["name"]), raw }),
 * });
 *
 * export const client = new OAuth2Client(example, {
 *   clientId: "my-app",
 *   redirectUri: "https://app.example.com/callback",
 * });
 * ```
 */
export function defineProvider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
>(
  definition: ProviderDefinition<Scope, AuthorizationOptions>,
  overrides: EndpointOverrides = {},
): Provider<Scope, AuthorizationOptions> {
  const misplaced = overrideProblems(overrides);
  if (misplaced.length > 0) throw new ConfigurationError(titleOf(definition), misplaced);
  const { issuer, api, ...endpoints } = overrides;
  const merged: ProviderDefinition<Scope, AuthorizationOptions> = {
    ...definition,
    ...(issuer !== undefined && { issuer }),
    // What is no object is left as it is, for the check to say so.
    ...(["object", "undefined"].includes(typeof definition.endpoints) && {
      endpoints: { ...definition.endpoints, ...endpoints },
    }),
    // The further origins belong to the real API, not to what takes its place.
    ...(api !== undefined && { api: { ...definition.api, baseUrl: api, origins: [] } }),
  };
  const problems = providerProblems(merged);
  if (problems.length > 0) {
    throw new ConfigurationError(titleOf(definition), problems);
  }
  return Object.freeze({
    profile: openIdProfile,
    ...merged,
    scopeDelimiter: merged.scopeDelimiter ?? " ",
    clientAuthentication: merged.clientAuthentication ?? "post",
    defaultScope: merged.defaultScope ?? [],
    tokenPlacement: merged.tokenPlacement ?? "header",
    [DEFINED]: true,
  });
}

function titleOf({ name }: { readonly name?: unknown }): string {
  // A name that cannot be one may be anything, a secret in the wrong place too.
  return isProviderName(name) ? `The provider ${name}` : "The provider";
}

/** Whether a value came from {@link defineProvider}, of this or another copy of the package. */
export function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && DEFINED in value;
}
