import { OAuth2Client, type OAuth2ClientOptions, Token, type TokenRecord } from "@grantkit/core";
import { dividedOptions } from "@grantkit/core/requests";
import { github, type GitHubAuthorizationOptions, type GitHubOptions } from "./preset.ts";
import type { GitHubScope } from "./scopes.ts";
import { wholeGrants } from "./token-deletion.ts";

/** Options of a `GitHubClient`: your app's credentials, and which GitHub. */
export interface GitHubClientOptions extends OAuth2ClientOptions, GitHubOptions {}

/**
 * A client for sign-in with GitHub and for GitHub's API.
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
   * @param options - Your app's credentials, and which GitHub. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GitHubClientOptions | (() => GitHubClientOptions)) {
    super(
      ...dividedOptions(options, ({ host, apiVersion, appType, endpoints, ...client }) => [
        () => github({ host, apiVersion, appType, endpoints }),
        client,
      ]),
    );
  }

  /**
   * Deletes a token, which stops working at once: another name for `revokeToken()`. GitHub has no revocation endpoint (RFC
   * 7009). To end a session and delete its record in a store as well, call `session.revoke()`.
   *
   * @param token - A token, or a stored one; a token that GitHub does not know is no error.
   * @throws OAuthError: `INVALID_CLIENT`, `RATE_LIMITED`, `NETWORK_ERROR`, `API_REQUEST_FAILED` (also for a 404 that is not
   * GitHub's own), …; ConfigurationError for a client without a secret.
   * @see https://docs.github.com/rest/apps/oauth-applications#delete-an-app-token
   */
  deleteToken(token: Token | TokenRecord): Promise<void> {
    return this.revokeToken(Token.from(token));
  }

  /**
   * Revokes all that the token's user has granted to the app: every token of the user stops working, and GitHub asks for
   * consent again at the next sign-in.
   *
   * @param token - A valid token of the user, or a stored one.
   * @throws OAuthError as {@link GitHubClient.deleteToken} does.
   * @see https://docs.github.com/rest/apps/oauth-applications#delete-an-app-authorization
   */
  async deleteGrant(token: Token | TokenRecord): Promise<void> {
    // A copy, so that a later `revokeToken()` of the caller's own deletes the token alone.
    const whole = Token.from({ ...Token.from(token).toJSON() });
    wholeGrants.add(whole);
    await this.revokeToken(whole);
  }
}
