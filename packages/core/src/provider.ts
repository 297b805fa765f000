import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { IdTokenRules } from "./oidc/id-token-rules.ts";
import type { ProviderErrorBody } from "./errors/provider-error.ts";
import { ConfigurationError } from "./errors/configuration-error.ts";
import type { Hooks } from "./hooks.ts";
import type { ProviderApi } from "./http/api-origins.ts";
import type { ExpiredToken } from "./tokens/expired-token.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";
import { ownFields, ownOptions } from "./options/own-fields.ts";
import { openIdProfile, type Profile } from "./profile.ts";
import { isProviderName, overrideProblems, providerProblems } from "./provider-problems.ts";

/** A provider's endpoints: absolute URLs, except that `userInfo` may be a path of the API. */
export interface ProviderEndpoints {
  /** The authorization endpoint, where users sign in (RFC 6749 §3.1); a provider without users has none. */
  readonly authorization?: string;
  /** The token endpoint (RFC 6749 §3.2). */
  readonly token: string;
  /** The user info endpoint, absolute or as a path of the API. */
  readonly userInfo?: string;
  /** The key set that verifies ID tokens (RFC 7517). */
  readonly jwks?: string;
  /** The revocation endpoint (RFC 7009). */
  readonly revocation?: string;
  /** The introspection endpoint (RFC 7662). */
  readonly introspection?: string;
  /** The device authorization endpoint (RFC 8628). */
  readonly deviceAuthorization?: string;
  /** The pushed authorization request endpoint (RFC 9126). */
  readonly pushedAuthorization?: string;
  /** The end session endpoint (OpenID Connect RP-Initiated Logout). */
  readonly endSession?: string;
}

/** URLs that replace a provider's own: an emulator's `endpoints`, or a company's own server. */
export interface EndpointOverrides extends Partial<ProviderEndpoints> {
  /** Replaces the provider's issuer. */
  readonly issuer?: string;
  /** Replaces the API's base URL. */
  readonly api?: string;
}

/** Reads the provider's API with the user's token, for a provider's `userInfo` function. */
export interface ApiReader {
  /** Sends a GET to a URL or a path of the API and returns the parsed JSON body. */
  get(url: string): Promise<unknown>;
}

/** The definition of a provider: data, and pure functions where data is not enough. */
export interface ProviderDefinition<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> {
  /** Short name in lower case, for example `example`. Errors show it, and a stored authorization request remembers it. */
  readonly name: string;
  /** The issuer identifier, which `iss` in callbacks (RFC 9207) and in ID tokens must equal exactly. */
  readonly issuer?: string;
  /** The provider's endpoints. */
  readonly endpoints: ProviderEndpoints;
  /**
   * Whether a callback without `iss` is refused, because the provider always sends it (RFC 9207 §2.4).
   *
   * @defaultValue `false`
   */
  readonly issuerInCallback?: boolean;
  /**
   * Whether the client pushes every authorization request (RFC 9126 §5).
   *
   * @defaultValue `false`
   */
  readonly pushAuthorizationRequests?: boolean;
  /**
   * The separator of scopes in requests and responses.
   *
   * @defaultValue `" "`
   */
  readonly scopeDelimiter?: string;
  /** Scopes that the provider grants under another name: requested → granted. */
  readonly scopeAliases?: Readonly<Record<string, string>>;
  /**
   * How a client with a secret authenticates.
   *
   * @defaultValue `"post"`
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * Where access tokens are placed in requests to the API.
   *
   * @defaultValue `"header"`
   */
  readonly tokenPlacement?: TokenPlacement;
  /** The API that the tokens are for. */
  readonly api?: ProviderApi;
  /**
   * Which responses of the API mean that an access token has expired, if the API uses a status other than 401 or an error
   * code of its own.
   *
   * @defaultValue a 401, unless its challenge names another error (RFC 6750 §3.1)
   */
  readonly expiredToken?: ExpiredToken;
  /** The scope of an authorization request that names none. */
  readonly defaultScope?: readonly (Scope | (string & {}))[];
  /**
   * How this provider's ID tokens are verified. `false` ignores them, for a provider that publishes no keys: sign-ins with
   * the scope `openid` then have no nonce, and tokens no `claims`. Otherwise `openid` needs `issuer` and `endpoints.jwks`.
   */
  readonly idToken?: IdTokenRules | false;
  /** The provider's error codes in terms of RFC 6749: theirs → `invalid_grant` and the like. */
  readonly errorAliases?: Readonly<Record<string, string>>;
  /** The names of the options that `authorizationParameters` reads; any other option is refused. */
  readonly authorizationOptions?: readonly string[];
  /**
   * Maps the provider's own options to parameters of the authorization request. It cannot change state, PKCE and nonce,
   * which belong to the client.
   */
  authorizationParameters?(
    options: AuthorizationOptions,
  ): Readonly<Record<string, string | undefined>>;
  /** Reads an error body in the provider's own format. Returns undefined for a body in any other format. */
  readError?(body: Readonly<Record<string, unknown>>): ProviderErrorBody | undefined;
  /** Fetches the user info where one GET of `endpoints.userInfo` is not enough. */
  userInfo?(api: ApiReader): Promise<Readonly<Record<string, unknown>>>;
  /** Maps user info to the common profile; by default from OpenID Connect's claims. */
  profile?(raw: Readonly<Record<string, unknown>>): Profile;
  /** Hooks that adjust requests and responses for the provider's quirks; they run before a client's hooks. */
  readonly hooks?: Hooks;
}

const DEFINED: unique symbol = Symbol.for("@grantkit/core/Provider") as never;

/** A checked provider with its defaults, made by {@link defineProvider}. */
export interface Provider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> extends ProviderDefinition<Scope, AuthorizationOptions> {
  /** The separator of scopes. */
  readonly scopeDelimiter: string;
  /** How a client with a secret authenticates. */
  readonly clientAuthentication: ClientAuthentication;
  /** The scope of an authorization request that names none. */
  readonly defaultScope: readonly (Scope | (string & {}))[];
  /** Where access tokens are placed in requests to the API. */
  readonly tokenPlacement: TokenPlacement;
  /** Maps user info to the common profile. */
  profile(raw: Readonly<Record<string, unknown>>): Profile;
}

/**
 * Checks a provider's definition and fills in its defaults.
 *
 * @param definition - The provider.
 * @param overrides - URLs that replace the provider's own, for example the `endpoints` of an emulator.
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
  const own = ownOptions(definition);
  const misplaced = overrideProblems(overrides);
  if (misplaced.length > 0) throw new ConfigurationError(titleOf(own), misplaced);
  const { issuer, api, ...endpoints } = ownOptions(overrides);
  const merged = ownParts<ProviderDefinition<Scope, AuthorizationOptions>>({
    ...own,
    ...(issuer !== undefined && { issuer }),
    // A value that is not an object stays, and the check below refuses it.
    ...(["object", "undefined"].includes(typeof own.endpoints) && {
      endpoints: { ...own.endpoints, ...endpoints },
    }),
    // The further origins belong to the real API, not to the one that replaces it.
    ...(api !== undefined && { api: { ...own.api, baseUrl: api, origins: [] } }),
  });
  const problems = providerProblems(merged);
  if (problems.length > 0) {
    throw new ConfigurationError(titleOf(own), problems);
  }
  const provider = ownFields({
    profile: openIdProfile,
    ...merged,
    scopeDelimiter: merged.scopeDelimiter ?? " ",
    clientAuthentication: merged.clientAuthentication ?? "post",
    defaultScope: merged.defaultScope ?? [],
    tokenPlacement: merged.tokenPlacement ?? "header",
    [DEFINED]: true,
  });
  return Object.freeze(provider);
}

/** A definition whose parts, too, have own fields only. */
function ownParts<Definition extends ProviderDefinition>(definition: Definition): Definition {
  const { endpoints, api, idToken } = ownFields(definition);
  return ownFields({
    ...definition,
    endpoints: ownOptions(endpoints),
    ...(api !== undefined && { api: ownOptions(api) }),
    ...(idToken !== undefined && { idToken: ownOptions(idToken) }),
  });
}

function titleOf({ name }: { readonly name?: unknown }): string {
  // An invalid name is not shown: it may be a secret in the wrong place.
  return isProviderName(name) ? `The provider ${name}` : "The provider";
}

/** Whether a value was made by {@link defineProvider}, also by another copy of the package. */
export function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && DEFINED in value;
}
