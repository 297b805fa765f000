import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";
import { github, type GitHubAuthorizationOptions, type GitHubOptions } from "./preset.ts";
import type { GitHubScope } from "./scopes.ts";

/** Your app's credentials at GitHub, and which GitHub. */
export interface GitHubClientOptions extends OAuth2ClientOptions, GitHubOptions {}

/**
 * Sign in with GitHub, and call its API.
 *
 * @example
 * ```ts
 * import { GitHubClient } from "@grantkit/provider-github";
 *
 * const github = new GitHubClient({
 *   clientId: process.env["GITHUB_CLIENT_ID"] ?? "",
 *   clientSecret: process.env["GITHUB_CLIENT_SECRET"] ?? "",
 *   redirectUri: "https://app.example.com/callback/github",
 * });
 * const request = await github.authorizationRequest({ scope: ["read:user", "user:email"] });
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await github.fetchToken("/callback/github?code=…&state=…", request);
 * const { data } = await github.session(token).get("/user/repos");
 * ```
 */
export class GitHubClient extends OAuth2Client<GitHubScope, GitHubAuthorizationOptions> {
  /**
   * @param options - Credentials, and which GitHub.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: GitHubClientOptions) {
    const { host, apiVersion, endpoints, ...client } =
      // From JavaScript nothing may come: the error then lists what is missing.
      options ?? ({} as GitHubClientOptions);
    super(() => github({ host, apiVersion, endpoints }), client);
  }
}
