import { throwProblems } from "../errors/configuration-error.ts";
import {
  mustBeFlag,
  mustBeFunction,
  mustBeListOf,
  mustBeOneOf,
  mustBeSeconds,
  optionProblems,
  type OptionRule,
  type OptionRules,
  isFilledText,
} from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { isOrigin } from "../http/url-problems.ts";
import type { Provider } from "../provider.ts";
import { mustBePlacement, type TokenPlacement } from "../tokens/token-placement.ts";
import { type ExpiredToken, mustBeExpiredToken } from "../tokens/expired-token.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import { mustBeTokenStore } from "../tokens/must-be-token-store.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import type { Token } from "../tokens/token.ts";
import { retriesProblems } from "../http/retry-budget.ts";
import type { OnTokenUpdate } from "../refresh/refreshed-token.ts";

/**
 * What a session does with an expired token: `"auto"` refreshes, awaits the save and sends the request;
 * `"notify"` refreshes and throws `TokenUpdated` instead of sending; `"manual"` throws `TokenExpiredError`
 * before anything is sent.
 */
export type RefreshStyle = "auto" | "notify" | "manual";

/** Options of a session. */
export interface SessionOptions {
  /**
   * Saves a refreshed token: called with the new token and the one that it replaces, and awaited before any request is
   * sent with it. If it throws, the request fails with `TOKEN_UPDATE_FAILED`, and the next request saves first.
   */
  readonly onTokenUpdate?: OnTokenUpdate;
  /**
   * Gets a new token in place of an expired one that has no refresh token, for example by a token exchange. It is called
   * once for all requests that wait, and its token is saved as after a refresh. Sessions share its token only if they have
   * the same function and began with the same token. Sessions that get their own tokens do not need it.
   */
  readonly renew?: (expired: Token) => Promise<Token>;
  /**
   * Whether an expired token without a refresh token is replaced by repeating the grant that its record names (`renewal`:
   * client credentials, with its scope and parameters). Set it where only your app can write the record: it decides what
   * your app asks for in its own name. A token that this process got by `fetchClientCredentialsToken()` does not need it.
   *
   * @defaultValue `false`
   */
  readonly repeatGrant?: boolean;
  /**
   * What to do with an expired token; see {@link RefreshStyle}.
   *
   * @defaultValue `"auto"`
   */
  readonly refresh?: RefreshStyle;
  /**
   * How many seconds before its expiry a token is refreshed, but at most half its lifetime. The session shortens the leeway
   * by a random 0 to 20 percent, so that tokens with the same expiry are not all refreshed at the same moment.
   *
   * @defaultValue `60`
   */
  readonly leeway?: number;
  /**
   * Where the token goes in a request.
   *
   * @defaultValue the client's choice
   */
  readonly tokenPlacement?: TokenPlacement;
  /**
   * How many times a transient failure is retried; see the client's option.
   *
   * @defaultValue the client's choice
   */
  readonly retries?: number | false;
  /**
   * Which responses of the API mean that the token has expired.
   *
   * @defaultValue the provider's choice: a 401, unless its challenge names another error (RFC 6750 §3.1)
   */
  readonly expiredToken?: ExpiredToken;
  /** Origins beyond the provider's API that may receive the token, for example `https://uploads.example.com`. */
  readonly allowedOrigins?: readonly string[];
}

/** Options of a session, and what only the package of a provider chooses. */
export interface InternalSessionOptions extends SessionOptions {
  /** Seconds that a new token may need to become known to all of the provider's servers. */
  readonly settlingSeconds?: number | undefined;
}

/** Options of a session whose token is kept in a store. */
export interface StoredSessionOptions extends SessionOptions {
  /** Where the token is kept. Each refresh is done under the store's lock and saved there. */
  readonly store: TokenStore;
  /**
   * The record's name in the store: one for each user and provider, and for each tenant where a user has several. Grantkit
   * uses it unchanged: include the provider's name if the store has tokens of several providers.
   */
  readonly key: string;
  /** The token of a new sign-in. It is saved first, over whatever is stored. */
  readonly token?: Token | TokenRecord | undefined;
}

/** The rule of each option of a session. */
export const SESSION_RULES: OptionRules<SessionOptions> = {
  onTokenUpdate: mustBeFunction,
  renew: mustBeFunction,
  repeatGrant: mustBeFlag,
  refresh: mustBeOneOf("auto", "notify", "manual"),
  leeway: mustBeSeconds,
  tokenPlacement: mustBePlacement,
  retries: retriesProblems,
  expiredToken: mustBeExpiredToken,
  allowedOrigins: mustBeOrigins([]),
};

/** @param insecureHttp - Http origins that the provider's definition allows. */
function mustBeOrigins(insecureHttp: readonly string[]): OptionRule {
  return mustBeListOf(
    "origins",
    'be an https origin, for example "https://api.example.com"',
    (origin) => isOrigin(origin, insecureHttp),
  );
}

const STORE_RULES: OptionRules<Pick<StoredSessionOptions, "store" | "key">> = {
  store: mustBeTokenStore,
  key: (value) =>
    isFilledText(value)
      ? []
      : ["key must be a string that names the record, for example the user's ID"],
};

/**
 * Checks a session's options and returns them without what `Object.prototype` may add.
 *
 * @param method - The method that they were passed to, for the error.
 * @throws ConfigurationError that lists every problem.
 */
export function checkedSessionOptions(
  method: string,
  { name, allowInsecureHttp }: Pick<Provider, "name" | "allowInsecureHttp">,
  given: SessionOptions,
): SessionOptions {
  const options = ownFields(given);
  const rules = allowInsecureHttp
    ? { ...SESSION_RULES, allowedOrigins: mustBeOrigins(allowInsecureHttp) }
    : SESSION_RULES;
  throwProblems(method, optionProblems(options, rules), name);
  return options;
}

/** @throws ConfigurationError when there is no store to work with, or no key. */
export function checkStore(
  method: string,
  provider: string,
  { store, key }: StoredSessionOptions,
): void {
  throwProblems(method, optionProblems({ store, key }, STORE_RULES), provider);
}
