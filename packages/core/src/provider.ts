import { isOverrides, overrideProblems } from "./endpoint-overrides.ts";
import { ConfigurationError, throwProblems } from "./errors/configuration-error.ts";
import { type ErrorReader, errorReaderOf } from "./errors/error-paths.ts";
import type { ClientAuthentication } from "./oidc/client-authentication.ts";
import type { ProviderApi } from "./http/api-origins.ts";
import { isTokenBase } from "./http/token-origins.ts";
import { ownIssuer } from "./oidc/issuer.ts";
import { definedFields, ownFields, ownOptions } from "./options/own-fields.ts";
import { openIdProfile } from "./profile.ts";
import { type ProfileFunction, profileFrom } from "./profile-fields.ts";
import type { ProviderDefinition } from "./provider-definition.ts";
import type { EndpointOverrides } from "./provider-endpoints.ts";
import { isProviderName, providerProblems } from "./provider-problems.ts";
import type { TokenPlacement } from "./tokens/token-placement.ts";

const DEFINED: unique symbol = Symbol.for("@grantkit/core/Provider") as never;

/** A checked provider with its defaults, made by {@link defineProvider}. */
export interface Provider<
  Scope extends string = string,
  AuthorizationOptions extends object = object,
> extends ProviderDefinition<Scope, AuthorizationOptions> {
  /** How codes are tied to the client (PKCE). */
  readonly pkce: NonNullable<ProviderDefinition["pkce"]>;
  /** The separator of scopes. */
  readonly scopeDelimiter: string;
  /** The separator of granted scopes. */
  readonly grantedScopeDelimiter: string;
  /** How a client with a secret authenticates. */
  readonly clientAuthentication: ClientAuthentication;
  /** The scope of an authorization request that names none. */
  readonly defaultScope: readonly (Scope | (string & {}))[];
  /** Where access tokens are placed in requests to the API. */
  readonly tokenPlacement: TokenPlacement;
  /** Reads an error body in the provider's own format. */
  readonly readError?: ErrorReader;
  /** Maps user info to the common profile. */
  readonly profile: ProfileFunction;
}

/**
 * Checks a provider's definition and fills in its defaults.
 *
 * @param definition - The provider.
 * @param overrides - URLs that replace the provider's own: the `endpoints` of an emulator, or a company's own server. If one
 * of them is on this machine, all that the definition has must be replaced, the API too: a test that has half of an
 * emulator's endpoints would call the real provider.
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
 *   profile: { id: "id", name: "name" },
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
  if (!isOverrides(overrides)) {
    throw new ConfigurationError(titleOf(own), [
      "endpoints must be an object of URLs: pass the `endpoints` of an emulator",
    ]);
  }
  const given = ownOptions(overrides);
  const merged = ownParts(withOverrides(own, ownFields(definedFields({ ...given }))));
  const problems = [...overrideProblems(own, given), ...providerProblems(merged)];
  throwProblems(titleOf(own), problems);
  return Object.freeze(withDefaults(merged));
}

function withDefaults<Scope extends string, AuthorizationOptions extends object>(
  definition: ProviderDefinition<Scope, AuthorizationOptions>,
): Provider<Scope, AuthorizationOptions> {
  const { profile = openIdProfile, readError, scopeDelimiter = " ", ...rest } = definition;
  return ownFields({
    ...rest,
    ...(readError && { readError: errorReaderOf(readError) }),
    profile: profileFrom(profile),
    pkce: definition.pkce ?? "S256",
    scopeDelimiter,
    grantedScopeDelimiter: definition.grantedScopeDelimiter ?? scopeDelimiter,
    clientAuthentication: definition.clientAuthentication ?? "post",
    defaultScope: Object.freeze([...(definition.defaultScope ?? [])]),
    tokenPlacement: definition.tokenPlacement ?? "header",
    [DEFINED]: true,
  });
}

function withOverrides<Definition extends ProviderDefinition>(
  own: Definition,
  { issuer, api, renew, ...endpoints }: EndpointOverrides,
): Definition {
  return {
    ...own,
    ...(issuer !== undefined && { issuer }),
    // A value that is not an object stays, and the check refuses it.
    ...(["object", "undefined"].includes(typeof own.endpoints) && {
      endpoints: { ...own.endpoints, ...endpoints },
    }),
    ...(renew !== undefined && own.renew && { renew: { ...own.renew, endpoint: renew } }),
    // The further origins belong to the real API, not to the one that replaces it.
    ...(api !== undefined && { api: { ...own.api, baseUrl: api, origins: [] } }),
  };
}

/** A definition whose parts, too, have own fields only. */
function ownParts<Definition extends ProviderDefinition>(definition: Definition): Definition {
  const {
    endpoints,
    api,
    idToken,
    issuer,
    renew,
    profile,
    readError,
    userInfoRequest,
    clientParameters,
    callbackParameters: kept,
    allowInsecureHttp,
  } = ownFields(definition);
  return ownFields({
    ...definition,
    endpoints: ownOptions(endpoints),
    ...(api !== undefined && { api: ownApi(api) }),
    ...(Array.isArray(kept) && { callbackParameters: kept.map(ownOptions) }),
    ...(idToken !== undefined && { idToken: ownOptions(idToken) }),
    ...(issuer !== undefined && { issuer: ownIssuer(issuer) }),
    ...(renew !== undefined && { renew: ownOptions(renew) }),
    ...(userInfoRequest !== undefined && { userInfoRequest: ownOptions(userInfoRequest) }),
    ...(clientParameters !== undefined && { clientParameters: ownOptions(clientParameters) }),
    ...(profile !== undefined && { profile: ownOptions(profile) }),
    ...(readError !== undefined && { readError: ownOptions(readError) }),
    // A copy that nobody can add to.
    ...(Array.isArray(allowInsecureHttp) && {
      allowInsecureHttp: Object.freeze([...allowInsecureHttp]),
    }),
  });
}

function ownApi(api: ProviderApi): ProviderApi {
  const own = ownOptions(api);
  return isTokenBase(own?.baseUrl) ? { ...own, baseUrl: ownOptions(own.baseUrl) } : own;
}

function titleOf({ name }: { readonly name?: unknown }): string {
  // An invalid name is not shown: it may be a secret in the wrong place.
  return isProviderName(name) ? `The provider ${name}` : "The provider";
}

/** Whether a value was made by {@link defineProvider}, also by another copy of the package. */
export function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && DEFINED in value;
}
