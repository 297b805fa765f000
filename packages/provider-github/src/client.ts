import {
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { clientSecretOf, dividedOptions, ownOptions } from "@grantkit/core/requests";
import { github, type GitHubAuthorizationOptions, type GitHubOptions } from "./preset.ts";
import type { GitHubScope } from "./scopes.ts";

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
  // Known once the client is used.
  readonly #clientId: () => string;

  /**
   * @param options - Your app's credentials, and which GitHub. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GitHubClientOptions | (() => GitHubClientOptions)) {
    let clientId = "";
    super(
      ...dividedOptions(options, ({ host, apiVersion, endpoints, ...client }) => {
        ({ clientId } = ownOptions(client));
        return [() => github({ host, apiVersion, endpoints }), client];
      }),
    );
    this.#clientId = () => clientId;
  }

  /**
   * Deletes a token, which stops working at once. GitHub has no revocation endpoint (RFC 7009).
   *
   * @param token - A token, or a stored one; a token that GitHub does not know is no error.
   * @throws OAuthError: `INVALID_CLIENT`, `RATE_LIMITED`, `NETWORK_ERROR`, `API_REQUEST_FAILED` (also for a 404 that is not
   * GitHub's own), …; ConfigurationError for a client without a secret.
   * @see https://docs.github.com/rest/apps/oauth-applications#delete-an-app-token
   */
  async deleteToken(token: Token | TokenRecord): Promise<void> {
    await this.#delete("token", token);
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
    await this.#delete("grant", token);
  }

  async #delete(what: "token" | "grant", token: Token | TokenRecord): Promise<void> {
    const { deleteAtGitHub } = await import("./token-deletion.ts");
    const session = this.session(token, { refresh: "manual" });
    const clientSecret = await clientSecretOf(this);
    await deleteAtGitHub(what, session, { clientId: this.#clientId(), clientSecret });
  }
}
