import {
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { github, type GitHubAuthorizationOptions, type GitHubOptions } from "./preset.ts";
import type { GitHubScope } from "./scopes.ts";
import type { AppCredentials } from "./token-deletion.ts";

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
  // Private: the client secret is in it.
  readonly #app: AppCredentials;

  /**
   * @param options - Credentials, and which GitHub.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: GitHubClientOptions) {
    const { host, apiVersion, endpoints, ...client } =
      // From JavaScript nothing may come: the error then lists what is missing.
      options ?? ({} as GitHubClientOptions);
    super(() => github({ host, apiVersion, endpoints }), client);
    const { clientId, clientSecret } = client;
    this.#app = { clientId, clientSecret };
  }

  /**
   * Deletes a token at GitHub, which has no revocation endpoint (RFC 7009): it stops working at once.
   *
   * @param token - A token, or a stored one; one that GitHub does not know (any more) is no error.
   * @throws OAuthError: `INVALID_CLIENT`, `RATE_LIMITED`, `NETWORK_ERROR`, …; ConfigurationError for a client without a
   * secret, as a device has it.
   * @see https://docs.github.com/rest/apps/oauth-applications#delete-an-app-token
   */
  async deleteToken(token: Token | TokenRecord): Promise<void> {
    await this.#delete("token", token);
  }

  /**
   * Takes back all that the token's user granted to the app: every token of theirs stops working, and GitHub asks them
   * again at the next sign-in.
   *
   * @param token - A token of the user's that works, or a stored one.
   * @throws OAuthError as {@link GitHubClient.deleteToken} does.
   * @see https://docs.github.com/rest/apps/oauth-applications#delete-an-app-authorization
   */
  async deleteGrant(token: Token | TokenRecord): Promise<void> {
    await this.#delete("grant", token);
  }

  async #delete(what: "token" | "grant", token: Token | TokenRecord): Promise<void> {
    const { deleteAtGitHub } = await import("./token-deletion.ts");
    await deleteAtGitHub(what, this.session(token, { refresh: "manual" }), this.#app);
  }
}
