import type { EmulatorOptions } from "../emulator.ts";
import { oneOf, onOff, wholeNumber } from "../server/switches.ts";
import type { SwitchTable } from "../server/switches.ts";
import type { GitHubUser } from "./users.ts";

/**
 * Switches for behavior that varies at GitHub, and for faults to test against.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps for app types, device flow,
 * redirect URIs and expiring tokens
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api for rate limits
 * @see https://docs.github.com/rest/about-the-rest-api/api-versions for API versions
 */
export interface GitHubSwitches {
  /**
   * The `iss` parameter of the callback: the issuer, none (as for months at GitHub, and at some Enterprise Servers), or a
   * wrong issuer.
   *
   * @defaultValue true
   */
  readonly iss: boolean | "wrong";
  /**
   * The type of the application. An OAuth App gets scopes and `gho_` tokens, a GitHub App `ghu_` tokens with an empty scope.
   *
   * @defaultValue "oauth-app"
   */
  readonly appType: "oauth-app" | "github-app";
  /**
   * The app setting "Expire user access tokens": tokens expire after 8 hours and come with a refresh token. `"by-app-type"`
   * turns it on for a GitHub App and off for an OAuth App. The scope `offline_access` turns it on for one token.
   *
   * @defaultValue "by-app-type"
   */
  readonly expiringTokens: boolean | "by-app-type";
  /**
   * Whether to behave as a GitHub Enterprise Server without PKCE, which ignores code challenges.
   *
   * @defaultValue false
   */
  readonly enterpriseServer: boolean;
  /**
   * Whether the app may use the device flow.
   *
   * @defaultValue true
   */
  readonly deviceFlow: boolean;
  /**
   * Minimum number of seconds between two polls of a device.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
  /**
   * Whether each registered redirect URI also allows its subdomains and the paths below it.
   *
   * @defaultValue false
   */
  readonly redirectWildcard: boolean;
  /**
   * The error for a wrong or missing code verifier, which GitHub does not document.
   *
   * @defaultValue "bad_verification_code"
   */
  readonly proofKeyError:
    "bad_verification_code" | "invalid_grant" | "incorrect_client_credentials";
  /**
   * Whether users without a verified primary address get tokens. If not, they get the error `unverified_user_email`.
   *
   * @defaultValue true
   */
  readonly allowUnverifiedEmail: boolean;
  /**
   * Whether a GitHub App has the permission "Email addresses: read".
   *
   * @defaultValue true
   */
  readonly emailPermission: boolean;
  /**
   * Whether GitHub has suspended the application: authorization requests are redirected with `application_suspended`.
   *
   * @defaultValue false
   */
  readonly applicationSuspended: boolean;
  /**
   * Whether the owners have suspended the app's installations: their tokens, and requests for new ones, get 403.
   *
   * @defaultValue false
   */
  readonly installationsSuspended: boolean;
  /**
   * How many seconds a new installation token gets 401, as long as not all of GitHub's servers know it.
   *
   * @defaultValue 0
   */
  readonly installationTokenDelay: number;
  /**
   * The rate limit that every API call exceeds.
   *
   * @defaultValue "none"
   */
  readonly rateLimit: "none" | "primary" | "secondary" | "secondary-without-retry-after";
  /**
   * HTTP status of a rate-limited call. GitHub uses both.
   *
   * @defaultValue 403
   */
  readonly rateLimitStatus: 403 | 429;
  /**
   * The `type` of the error that GraphQL sends, with HTTP 200, for a call over the primary rate limit. Both have been seen.
   *
   * @defaultValue "RATE_LIMITED"
   */
  readonly graphqlRateLimit: "RATE_LIMITED" | "RATE_LIMIT";
  /**
   * Whether lists of repositories leave out those of organizations that need single sign-on, and name them in `X-GitHub-SSO`.
   *
   * @defaultValue false
   */
  readonly ssoPartialResults: boolean;
  /**
   * HTTP status for an unsupported API version. Older documentation says 400.
   *
   * @defaultValue 410
   */
  readonly unsupportedVersionStatus: 410 | 400;
  /**
   * Lifetime of expiring access tokens in seconds.
   *
   * @defaultValue 28800
   */
  readonly accessTokenLifetime: number;
  /**
   * Lifetime of refresh tokens in seconds. Older documentation says 15811200.
   *
   * @defaultValue 15897600
   */
  readonly refreshTokenLifetime: number;
  /**
   * What happens when a refresh token that was used comes again: it is refused, or all tokens of its sign-in are revoked too,
   * as other providers do (RFC 9700 §4.14.2).
   *
   * @defaultValue "refused"
   */
  readonly refreshTokenReuse: "refused" | "revokes-family";
  /**
   * How many seconds a refresh token works again after it was used, as at other providers. GitHub documents no such time.
   *
   * @defaultValue 0
   */
  readonly refreshTokenGrace: number;
}

/** Options of {@link startGitHub}: those of every emulator, and the initial value of each switch. */
export interface GitHubOptions extends EmulatorOptions<GitHubUser>, Partial<GitHubSwitches> {}

/** GitHub's switches with their defaults. */
export const githubSwitches: SwitchTable<GitHubSwitches> = {
  iss: oneOf<boolean | "wrong">(true, false, "wrong"),
  appType: oneOf("oauth-app", "github-app"),
  expiringTokens: oneOf<boolean | "by-app-type">("by-app-type", true, false),
  enterpriseServer: onOff(false, "proof keys (PKCE) are ignored"),
  deviceFlow: onOff(true, "the app may use the device flow"),
  deviceInterval: wholeNumber(5),
  redirectWildcard: onOff(false, "redirect URIs also allow subdomains and the paths below"),
  proofKeyError: oneOf("bad_verification_code", "invalid_grant", "incorrect_client_credentials"),
  allowUnverifiedEmail: onOff(true, "users without a verified address get tokens"),
  emailPermission: onOff(true, "a GitHub App may list addresses"),
  applicationSuspended: onOff(false, "GitHub has suspended the application"),
  installationsSuspended: onOff(false, "the app's installations are suspended"),
  installationTokenDelay: wholeNumber(0),
  rateLimit: oneOf("none", "primary", "secondary", "secondary-without-retry-after"),
  rateLimitStatus: oneOf(403, 429),
  graphqlRateLimit: oneOf("RATE_LIMITED", "RATE_LIMIT"),
  ssoPartialResults: onOff(false, "lists of repositories are partial, as without single sign-on"),
  unsupportedVersionStatus: oneOf(410, 400),
  accessTokenLifetime: wholeNumber(28_800),
  refreshTokenLifetime: wholeNumber(15_897_600),
  refreshTokenReuse: oneOf("refused", "revokes-family"),
  refreshTokenGrace: wholeNumber(0),
};

/** The names of failures that GitHub is known for. */
export type GitHubFailure =
  | "api-bad-credentials"
  | "api-primary-rate-limit"
  | "api-secondary-rate-limit"
  | "api-secondary-rate-limit-without-retry-after"
  | "api-sso-required"
  | "api-login-attempts"
  | "graphql-rate-limit"
  | "api-unavailable"
  | "token-unavailable"
  | "token-bad-refresh-token"
  | "token-too-many";
