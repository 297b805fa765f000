import { ConfigurationError, type FixedApi } from "@grantkit/core";
import {
  apiProblems,
  insecureOrigins,
  isObject,
  isProviderName,
  mustBeFlag,
  mustBeInsecureOrigins,
  mustBeOneOf,
  optionProblems,
  type OptionRule,
  type OptionRules,
  overrideProblems,
  ownFields,
  ownOptions,
  urlProblems,
} from "@grantkit/core/requests";
import { mustBeSignatureType, type SignatureType } from "./signing/placement.ts";
import { mustBeSignatureMethod, type SignatureMethod } from "./signing/signature-methods.ts";

/** The URLs of a provider's endpoints (RFC 5849 §2). */
export interface OAuth1Endpoints {
  /** Gives request tokens (Temporary Credential Request). */
  readonly requestToken: string;
  /** The page where the user authorizes your app (Resource Owner Authorization). */
  readonly authorization: string;
  /** Gives access tokens (Token Request). */
  readonly accessToken: string;
}

/** URLs that replace a provider's own: the `endpoints` of an emulator, for example. */
export interface OAuth1EndpointOverrides extends Partial<OAuth1Endpoints> {
  /** Replaces the API's base URL. */
  readonly api?: string;
}

/** A provider of OAuth 1.0a, as data. */
export interface OAuth1ProviderDefinition {
  /** A short name in lower case, for example `example`; errors name it. */
  readonly name: string;
  /** The URLs of its endpoints. */
  readonly endpoints: OAuth1Endpoints;
  /** Its API. */
  readonly api?: FixedApi;
  /**
   * The signature method.
   *
   * @defaultValue `"HMAC-SHA1"`
   */
  readonly signatureMethod?: SignatureMethod;
  /**
   * Where the OAuth parameters go.
   *
   * @defaultValue `"header"`
   */
  readonly signatureType?: SignatureType;
  /**
   * Whether the signature covers the text fields of a multipart form, as Flickr's does for uploads. RFC 5849 §3.4.1.3.1
   * leaves a multipart body out.
   *
   * @defaultValue `false`
   */
  readonly signsMultipartFields?: boolean;
  /**
   * The HTTP methods of token requests: RFC 5849 requires POST, some providers GET.
   *
   * @defaultValue `"POST"` for both
   */
  readonly tokenRequestMethods?: Readonly<
    Partial<Record<"requestToken" | "accessToken", "GET" | "POST">>
  >;
  /**
   * Http origins to which **signed requests and token secrets travel unencrypted**: exact ones, for example
   * `["http://shop:8080"]`, without a path or a wildcard. Everybody on the way can read the token secrets in the
   * answers, and with `PLAINTEXT` the client secret too. It is for a network that nobody else is on, such as that of
   * docker-compose or of a test. The first request that uses it publishes a `grantkit:warning` with code `INSECURE_HTTP`.
   *
   * @defaultValue none: https only, and http to this machine
   */
  readonly allowInsecureHttp?: readonly string[];
}

/** A checked provider: what {@link defineOAuth1Provider} returns. */
export type OAuth1Provider = OAuth1ProviderDefinition &
  Required<Pick<OAuth1ProviderDefinition, "signatureMethod" | "signatureType">>;

const mustBeEndpoints: OptionRule = (value, _name, { allowInsecureHttp }) => {
  const insecureHttp = insecureOrigins(allowInsecureHttp);
  const mustBeUrl: OptionRule = (url, name) => urlProblems(name, url, insecureHttp);
  const rules: OptionRules<OAuth1Endpoints> = {
    requestToken: mustBeUrl,
    authorization: mustBeUrl,
    accessToken: mustBeUrl,
  };
  return optionProblems(value, rules, "endpoints.");
};

const mustBeMethod = mustBeOneOf("GET", "POST");

const RULES: OptionRules<OAuth1ProviderDefinition> = {
  name: (value) =>
    isProviderName(value) ? [] : ['name must be a short name in lower case, for example "example"'],
  endpoints: mustBeEndpoints,
  api: apiProblems,
  signatureMethod: mustBeSignatureMethod,
  signatureType: mustBeSignatureType,
  signsMultipartFields: mustBeFlag,
  tokenRequestMethods: (value = {}) =>
    optionProblems(
      value,
      { requestToken: mustBeMethod, accessToken: mustBeMethod },
      "tokenRequestMethods.",
    ),
  allowInsecureHttp: mustBeInsecureOrigins,
};

const DEFINED: unique symbol = Symbol.for("@grantkit/oauth1/Provider") as never;

/**
 * Checks a provider's definition and fills in its defaults.
 *
 * @param overrides - URLs that replace its own: the `endpoints` of an emulator, or a company's own server. If one of them is
 * on this machine, all that the definition has must be replaced, the API too.
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
      "it must be an object, and so must the URLs that replace its endpoints",
    ]);
  }
  const own = ownOptions(definition);
  const given: OAuth1EndpointOverrides = ownOptions(overrides);
  const { api, ...endpoints } = given;
  const merged = ownFields<OAuth1ProviderDefinition>({
    ...own,
    endpoints: ownFields({ ...own.endpoints, ...endpoints }),
    ...(own.api !== undefined && { api: ownOptions(own.api) }),
    // The further origins belong to the real API, not to its replacement.
    ...(api !== undefined && { api: ownFields({ ...own.api, baseUrl: api, origins: [] }) }),
    ...(own.tokenRequestMethods !== undefined && {
      tokenRequestMethods: ownOptions(own.tokenRequestMethods),
    }),
    // A copy that nobody can add to.
    ...(Array.isArray(own.allowInsecureHttp) && {
      allowInsecureHttp: Object.freeze([...own.allowInsecureHttp]),
    }),
  });
  const problems = [...overrideProblems(own, { ...given }), ...optionProblems(merged, RULES)];
  if (problems.length > 0) {
    const title = isProviderName(merged.name) ? `The provider ${merged.name}` : "The provider";
    throw new ConfigurationError(title, problems);
  }
  const provider = ownFields({
    ...merged,
    signatureMethod: merged.signatureMethod ?? "HMAC-SHA1",
    signatureType: merged.signatureType ?? "header",
    [DEFINED]: true,
  });
  return Object.freeze(provider);
}

/** Whether a value came from {@link defineOAuth1Provider} of this or another copy of the package. */
export function isOAuth1Provider(value: unknown): value is OAuth1Provider {
  return isObject(value) && DEFINED in value;
}
