import { ConfigurationError } from "@grantkit/core";
import {
  anything,
  must,
  mustBeSignal,
  optionProblems,
  type OptionRule,
  type OptionRules,
  ownOptions,
} from "@grantkit/core/requests";
import { isRealm } from "../credentials.ts";

/** Options of every request for a token. */
export interface OAuth1TokenRequestOptions {
  /** The URL of the token endpoint; a session with a provider knows it. */
  readonly url?: string | URL;
  /** Further parameters that the provider requires, signed like the others. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** Options of `fetchRequestToken()`. */
export interface RequestTokenOptions extends OAuth1TokenRequestOptions {
  /** The realm of this request, instead of the session's. */
  readonly realm?: string | readonly string[];
}

/** Options of `fetchAccessToken()`. */
export interface AccessTokenOptions extends OAuth1TokenRequestOptions {
  /** The verifier that the user typed (`callbackUri: "oob"`); otherwise the callback carries it. */
  readonly verifier?: string;
}

/** Options of `fetchXAuthToken()`. */
export interface XAuthOptions extends OAuth1TokenRequestOptions {
  /** The user's name. */
  readonly username: string;
  /** The user's password. */
  readonly password: string;
}

/** Options of `refresh()`. */
export type OAuth1RefreshOptions = Pick<OAuth1TokenRequestOptions, "url">;

/** Options of `authorizationUrl()`. */
export interface AuthorizationUrlOptions {
  /** The provider's page; a session with a provider knows it. */
  readonly url?: string | URL;
  /** Further parameters of the page, for example `{ perms: "write" }`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

const TOKEN_REQUEST_RULES: OptionRules<OAuth1TokenRequestOptions> = {
  url: anything,
  parameters: anything,
  signal: mustBeSignal,
};

const mustBeFilled: OptionRule = (value, name) =>
  typeof value === "string" && value !== "" ? [] : [`${name} must be a text that is not empty`];

const REQUEST_TOKEN_RULES: OptionRules<RequestTokenOptions> = {
  ...TOKEN_REQUEST_RULES,
  realm: must("be a string of printable ASCII characters, or an array of them", (value) =>
    [value].flat().every(isRealm),
  ),
};

const XAUTH_RULES: OptionRules<XAuthOptions> = {
  ...TOKEN_REQUEST_RULES,
  username: mustBeFilled,
  password: mustBeFilled,
};

/** A method of the session that takes options. */
type Method =
  "fetchRequestToken" | "authorizationUrl" | "fetchAccessToken" | "fetchXAuthToken" | "refresh";

const RULES: Readonly<Record<Method, OptionRules>> = {
  fetchRequestToken: REQUEST_TOKEN_RULES,
  authorizationUrl: { url: anything, parameters: anything },
  fetchAccessToken: { ...TOKEN_REQUEST_RULES, verifier: anything },
  fetchXAuthToken: XAUTH_RULES,
  refresh: { url: anything },
};

/**
 * Checks the options of a call, and returns their own fields.
 *
 * @throws ConfigurationError for options that a method does not have; those of the provider belong into `parameters`.
 */
export function checkedCall<Options>(method: Method, options: Options, provider: string): Options {
  const isUrl = typeof options === "string" || options instanceof URL;
  const problems = isUrl ? ["pass the URL as { url }"] : optionProblems(options, RULES[method]);
  if (problems.length > 0) throw new ConfigurationError(`${method}()`, problems, provider);
  return ownOptions(options);
}
