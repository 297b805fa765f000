import { defineProvider, type EndpointOverrides, type Provider } from "@grantkit/core";
import { matches, must, mustBeOneOf, ownOptions, throwProblems } from "@grantkit/core/requests";
import { userWithEmails } from "./emails.ts";
import { readGitHubError } from "./error-body.ts";
import { gitHubHost, hostProblems } from "./host.ts";
import { gitHubProfile } from "./profile.ts";
import type { GitHubScope } from "./scopes.ts";
import { deleteAtGitHub } from "./token-deletion.ts";
import { publishUsage } from "./usage.ts";

/** Options of the GitHub preset. */
export interface GitHubOptions {
  /**
   * The host: your Enterprise Server (`github.acme.com`), or your GHE.com subdomain (`octo.ghe.com`).
   *
   * @defaultValue `"github.com"`
   */
  readonly host?: string | undefined;
  /**
   * The REST API's version, sent as `X-GitHub-Api-Version`.
   *
   * @defaultValue `"2026-03-10"`; none for Enterprise Server, which may not support it
   */
  readonly apiVersion?: string | undefined;
  /**
   * What your app is at GitHub. The users of a GitHub App grant no scopes, so none are asked for by default.
   *
   * @defaultValue `"oauth-app"`
   */
  readonly appType?: "oauth-app" | "github-app" | undefined;
  /** Replaces GitHub's URLs, for example by the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
}

/**
 * Options of GitHub's authorization request.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export interface GitHubAuthorizationOptions {
  /** Suggests an account to sign in with. */
  readonly login?: string;
  /**
   * Whether people without an account can create one.
   *
   * @defaultValue `true`
   */
  readonly allowSignup?: boolean;
  /** Asks the user to choose an account. */
  readonly prompt?: "select_account";
}

/**
 * Defines GitHub as a provider, for an `OAuth2Client`. `GitHubClient` uses it already.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function github(
  options: GitHubOptions = {},
): Provider<GitHubScope, GitHubAuthorizationOptions> {
  const { host = "github.com", apiVersion: chosen, endpoints, appType } = ownOptions(options);
  throwProblems("The provider github", [
    ...hostProblems(host),
    ...mustBeVersion(chosen, "apiVersion", {}),
    ...mustBeOneOf("oauth-app", "github-app")(appType, "appType", {}),
  ]);
  const { web, api, enterpriseServer } = gitHubHost(host);
  const apiVersion = chosen ?? (enterpriseServer ? undefined : "2026-03-10");
  const oauth = `${web}/login/oauth`;
  return defineProvider<GitHubScope, GitHubAuthorizationOptions>(
    {
      name: "github",
      // GitHub has sent `iss` in callbacks since August 2026, but not always: it is checked where it is there, and not required.
      issuer: oauth,
      endpoints: {
        authorization: `${oauth}/authorize`,
        token: `${oauth}/access_token`,
        deviceAuthorization: `${web}/login/device/code`,
        userInfo: "/user",
      },
      api: {
        baseUrl: api,
        // The host that release assets are uploaded to.
        origins: web === "https://github.com" ? ["https://uploads.github.com"] : [],
        headers: {
          Accept: "application/vnd.github+json",
          // GitHub answers 403 to a request without a User-Agent.
          "User-Agent": "grantkit",
          ...(apiVersion !== undefined && { "X-GitHub-Api-Version": apiVersion }),
        },
      },
      defaultScope: appType === "github-app" ? [] : ["read:user", "user:email"],
      // GitHub requests scopes with spaces, and grants them with commas.
      grantedScopeDelimiter: ",",
      errorAliases: {
        bad_refresh_token: "invalid_grant",
        bad_verification_code: "invalid_grant",
        incorrect_client_credentials: "invalid_client",
        incorrect_device_code: "invalid_grant",
        device_flow_disabled: "unauthorized_client",
        // GitHub's documentation calls it token_expired in one place, and expired_token in another.
        token_expired: "expired_token",
        redirect_uri_mismatch: "invalid_request",
        unverified_user_email: "access_denied",
        application_suspended: "unauthorized_client",
      },
      authorizationOptions: ["login", "allowSignup", "prompt"],
      authorizationParameters: ({ login, allowSignup, prompt }) => ({
        login,
        allow_signup: allowSignup === undefined ? undefined : String(allowSignup),
        prompt,
      }),
      readError: readGitHubError,
      userInfo: userWithEmails,
      profile: gitHubProfile,
      revoke: deleteAtGitHub,
      hooks: { protectedResponse: publishUsage },
    },
    endpoints,
  );
}

const isDate = matches(/^\d{4}-\d\d-\d\d$/);
const mustBeVersion = must('be a date, for example "2026-03-10"', isDate);
