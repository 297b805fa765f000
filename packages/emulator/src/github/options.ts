import { commonRules } from "../emulator-frame.ts";
import type { EmulatorOptions } from "../emulator.ts";
import { flag, oneOf, wholeNumber } from "../server/switches.ts";
import type { Rules } from "../server/switches.ts";
import type { GitHubUser } from "./users.ts";

/**
 * Ways in which GitHub varies, or can be made to.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps for app types, device flow,
 * redirect URIs and expiring tokens
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api for the limits
 * @see https://docs.github.com/rest/about-the-rest-api/api-versions for the versions
 */
export interface GitHubSwitches {
  /**
   * `iss` in the callback: sent, left out (GitHub had it off for months, and Enterprise Servers differ), or somebody else's.
   *
   * @defaultValue true
   */
  readonly iss: boolean | "wrong";
  /**
   * An OAuth App has scopes and `gho_` tokens. A GitHub App has `ghu_` tokens and an empty scope always.
   *
   * @defaultValue "oauth-app"
   */
  readonly appType: "oauth-app" | "github-app";
  /**
   * The app's setting "Expire user access tokens": tokens live 8 hours and come with a refresh token. `"by-app-type"` is on
   * for a GitHub App, off for an OAuth App. The scope `offline_access` has the same effect for one token.
   *
   * @defaultValue "by-app-type"
   */
  readonly expiringTokens: boolean | "by-app-type";
  /**
   * Behave as a GitHub Enterprise Server of before PKCE: proof keys are ignored.
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
   * Seconds that a device must wait between two polls.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
  /**
   * Whether each registered redirect URI also stands for sub-domains and for paths below it.
   *
   * @defaultValue false
   */
  readonly redirectWildcard: boolean;
  /**
   * The error of a wrong or missing code verifier, which GitHub does not document.
   *
   * @defaultValue "bad_verification_code"
   */
  readonly proofKeyError:
    "bad_verification_code" | "invalid_grant" | "incorrect_client_credentials";
  /**
   * Whether users without a verified primary address get tokens, or the error `unverified_user_email`.
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
   * The limit that every API call runs into.
   *
   * @defaultValue "none"
   */
  readonly rateLimit: "none" | "primary" | "secondary" | "secondary-without-retry-after";
  /**
   * HTTP status of a call over a limit. GitHub uses both.
   *
   * @defaultValue 403
   */
  readonly rateLimitStatus: 403 | 429;
  /**
   * HTTP status for an API version that there is not; older documentation says 400.
   *
   * @defaultValue 410
   */
  readonly unsupportedVersionStatus: 410 | 400;
  /**
   * Seconds that an expiring access token lives.
   *
   * @defaultValue 28800
   */
  readonly accessTokenLifetime: number;
  /**
   * Seconds that a refresh token lives. Older documentation says 15811200.
   *
   * @defaultValue 15897600
   */
  readonly refreshTokenLifetime: number;
}

/** Options of {@link startGitHub}: the common ones, and each switch's first position. */
export interface GitHubOptions extends EmulatorOptions<GitHubUser>, Partial<GitHubSwitches> {}

/** The switches' first positions. */
export const githubDefaults: GitHubSwitches = {
  iss: true,
  appType: "oauth-app",
  expiringTokens: "by-app-type",
  enterpriseServer: false,
  deviceFlow: true,
  deviceInterval: 5,
  redirectWildcard: false,
  proofKeyError: "bad_verification_code",
  allowUnverifiedEmail: true,
  emailPermission: true,
  rateLimit: "none",
  rateLimitStatus: 403,
  unsupportedVersionStatus: 410,
  accessTokenLifetime: 28_800,
  refreshTokenLifetime: 15_897_600,
};

/** What each switch takes. */
export const githubSwitchRules: Rules<GitHubSwitches> = {
  iss: oneOf(true, false, "wrong"),
  appType: oneOf("oauth-app", "github-app"),
  expiringTokens: oneOf(true, false, "by-app-type"),
  enterpriseServer: flag,
  deviceFlow: flag,
  deviceInterval: wholeNumber(),
  redirectWildcard: flag,
  proofKeyError: oneOf("bad_verification_code", "invalid_grant", "incorrect_client_credentials"),
  allowUnverifiedEmail: flag,
  emailPermission: flag,
  rateLimit: oneOf("none", "primary", "secondary", "secondary-without-retry-after"),
  rateLimitStatus: oneOf(403, 429),
  unsupportedVersionStatus: oneOf(410, 400),
  accessTokenLifetime: wholeNumber(),
  refreshTokenLifetime: wholeNumber(),
};

/** What each option takes. */
export const githubOptionRules: Rules<GitHubOptions> = { ...commonRules, ...githubSwitchRules };
