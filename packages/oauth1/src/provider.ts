import { ConfigurationError } from "@grantkit/core";
import {
  apiProblems,
  isObject,
  isProviderName,
  mustBeOneOf,
  optionProblems,
  type OptionRule,
  type OptionRules,
  urlProblems,
} from "@grantkit/core/requests";
import { mustBeSignatureType, type SignatureType } from "./signing/placement.ts";
import { mustBeSignatureMethod, type SignatureMethod } from "./signing/signature-methods.ts";

/** Where a provider's endpoints are (RFC 5849 §2). */
export interface OAuth1Endpoints {
  /** Gives request tokens: RFC 5849's Temporary Authorizer Request. */
  readonly requestToken: string;
  /** Where the user says yes: Resource Owner Authorization. */
  readonly authorization: string;
  /** Gives access tokens: Token Request. */
  readonly accessToken: string;
}

/** Other places for a provider's parts: the `endpoints` of an emulator. */
export interface OAuth1EndpointOverrides extends Partial<OAuth1Endpoints> {
  /** In the place of the API's base URL. */
  readonly api?: string;
}

/** The API that a provider's tokens are for. */
export interface OAuth1Api {
  /** What relative request URLs are relative to. */
  readonly baseUrl: string;
  /** Further origins that requests may be signed for, for example `https://uploads.example.com`. */
  readonly origins?: readonly string[];
  /** Headers for every request to the API. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A provider of OAuth 1.0a: data alone. */
export interface OAuth1ProviderDefinition {
  /** Short name in lower case, for example `example`: it is in errors. */
  readonly name: string;
  /** Where its endpoints are. */
  readonly endpoints: OAuth1Endpoints;
  /** Its API. */
  readonly api?: OAuth1Api;
  /**
   * How requests are signed.
   *
   * @defaultValue `"HMAC-SHA1"`
   */
  readonly signatureMethod?: SignatureMethod;
  /**
   * Where the signature goes.
   *
   * @defaultValue `"header"`
   */
  readonly signatureType?: SignatureType;
  /**
   * The method of token requests; RFC 5849 says POST, and some providers GET.
   *
   * @defaultValue `"POST"` for both
   */
  readonly tokenRequestMethods?: {
    /** For the request token. */
    readonly requestToken?: "GET" | "POST";
    /** For the access token. */
    readonly accessToken?: "GET" | "POST";
  };
}

/** A provider that was checked: made by {@link defineOAuth1Provider}. */
export interface OAuth1Provider extends OAuth1ProviderDefinition {
  /** How requests are signed. */
  readonly signatureMethod: SignatureMethod;
  /** Where the signature goes. */
  readonly signatureType: SignatureType;
}

const mustBeUrl: OptionRule = (value, name) => urlProblems(name, value);

const ENDPOINT_RULES: OptionRules<OAuth1Endpoints> = {
  requestToken: mustBeUrl,
  authorization: mustBeUrl,
  accessToken: mustBeUrl,
};

const TOKEN_REQUEST_RULES: OptionRules = {
  requestToken: mustBeOneOf("GET", "POST"),
  accessToken: mustBeOneOf("GET", "POST"),
} satisfies Record<keyof NonNullable<OAuth1ProviderDefinition["tokenRequestMethods"]>, OptionRule>;

const RULES: OptionRules<OAuth1ProviderDefinition> = {
  name: (value) =>
    isProviderName(value) ? [] : ['name must be a short name in lower case, for example "example"'],
  endpoints: (value) => optionProblems(value, ENDPOINT_RULES, "endpoints."),
  api: (value) => (value === undefined ? [] : apiProblems(value)),
  signatureMethod: mustBeSignatureMethod,
  signatureType: mustBeSignatureType,
  tokenRequestMethods: (value = {}) =>
    optionProblems(value, TOKEN_REQUEST_RULES, "tokenRequestMethods."),
};

const DEFINED: unique symbol = Symbol.for("@grantkit/oauth1/Provider") as never;

/**
 * Checks a provider's definition and fills in its defaults.
 *
 * @param definition - The provider.
 * @param overrides - Other places for its parts, for example the `endpoints` of an emulator.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
 *
 * @example
 * ```ts
 * import { defineOAuth1Provider, OAuth1Session } from "@grantkit/oauth1";
 *
 * const example = defineOAuth1Provider({
 *   name: "example",
 *   endpoints: {
 *     requestToken: "https://example.com/oauth/request_token",
 *     authorization: "https://example.com/oauth/authorize",
 *     accessToken: "https://example.com/oauth/access_token",
 *   },
 *   api: { baseUrl: "https://api.example.com/1" },
 * });
 *
 * export const session = new OAuth1Session({
 *   provider: example,
 *   clientKey: "my-app",
 *   clientSecret: process.env["CLIENT_SECRET"] ?? "",
 *   callbackUri: "https://app.example.com/callback",
 * });
 * ```
 */
export function defineOAuth1Provider(
  definition: OAuth1ProviderDefinition,
  overrides: OAuth1EndpointOverrides = {},
): OAuth1Provider {
  if (!isObject(definition) || !isObject(overrides)) {
    throw new ConfigurationError("The provider", [
      "it must be an object, and what takes the place of its endpoints one of URLs",
    ]);
  }
  const { api, ...endpoints }: OAuth1EndpointOverrides = overrides;
  const merged: OAuth1ProviderDefinition = {
    ...definition,
    endpoints: { ...definition.endpoints, ...endpoints },
    // The further origins belong to the real API, not to what takes its place.
    ...(api !== undefined && { api: { ...definition.api, baseUrl: api, origins: [] } }),
  };
  const problems = optionProblems(merged, RULES);
  if (problems.length > 0) {
    const title = isProviderName(merged.name) ? `The provider ${merged.name}` : "The provider";
    throw new ConfigurationError(title, problems);
  }
  return Object.freeze({
    ...merged,
    signatureMethod: merged.signatureMethod ?? "HMAC-SHA1",
    signatureType: merged.signatureType ?? "header",
    [DEFINED]: true,
  });
}

/** Whether a value came from {@link defineOAuth1Provider}, of this or another copy of the package. */
export function isOAuth1Provider(value: unknown): value is OAuth1Provider {
  return isObject(value) && DEFINED in value;
}
