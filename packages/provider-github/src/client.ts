import {
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import { dividedOptions } from "@grantkit/core/requests";
import {
  checkAppToken,
  type GitHubTokenInfo,
  resetAppToken,
  scopeAppToken,
  type ScopedTokenOptions,
} from "./app-tokens.ts";
import { revokeLeakedCredentials } from "./credential-revocation.ts";
import { type GitHubEmail, listEmails } from "./emails.ts";
import { queryGraphql } from "./graphql.ts";
import { github, type GitHubAuthorizationOptions, type GitHubOptions } from "./preset.ts";
import type { GitHubProfile } from "./profile.ts";
import { rateLimitWait } from "./rate-limit-wait.ts";
import type { RateLimitWait } from "./retry-when-rate-limited.ts";
import type { GitHubScope } from "./scopes.ts";
import { wholeGrants } from "./token-deletion.ts";

/** Options of a `GitHubClient`: your app's credentials, and which GitHub. */
export interface GitHubClientOptions extends OAuth2ClientOptions, GitHubOptions {
  /**
   * Lets the requests of sessions wait until a rate limit that refused them has ended: at GitHub's time, and twice as late
   * with each retry where GitHub names none. `longest` is the longest wait of one request in seconds, 120 by default; if the
   * limit ends later, its error is thrown at once. The request's `timeout` does not run meanwhile. For a single call, use
   * {@link retryWhenRateLimited}.
   *
   * @defaultValue a rate limit is thrown
   * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
   */
  readonly waitForRateLimit?: Pick<RateLimitWait, "longest"> | undefined;
}

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
export class GitHubClient extends OAuth2Client<
  GitHubScope,
  GitHubAuthorizationOptions,
  GitHubProfile
> {
  /**
   * @param options - Your app's credentials, and which GitHub. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GitHubClientOptions | (() => GitHubClientOptions)) {
    super(
      ...dividedOptions(options, (own) => {
        const { waitForRateLimit: wait, host, apiVersion, appType, endpoints, ...client } = own;
        const provider = () => github({ host, apiVersion, appType, endpoints });
        if (wait === undefined) return [provider, client];
        return [provider, { ...client, rateLimitWait: rateLimitWait(wait, own.clock) }];
      }),
    );
  }

  /**
   * Asks GitHub about a token: whether it is your app's and works, whose it is, and its scopes. Call it for a token that your
   * client did not fetch itself, for example one that a mobile app sent: a token of another app must not sign anybody in.
   *
   * @param token - A token, or a stored one; `{ accessToken }` is enough.
   * @returns undefined for what is not a token of this app: sign nobody in with it. GitHub answers 404 for another app's token,
   * and for one that has expired or was revoked, without saying which.
   * @throws GitHubApiError: `INVALID_CLIENT`, `RATE_LIMITED`, `API_REQUEST_FAILED` (also for a 404 that is not GitHub's own), …;
   * OAuthError: `NETWORK_ERROR`, …; ConfigurationError for a client without a secret.
   * @see https://docs.github.com/rest/apps/oauth-applications#check-a-token
   */
  async checkToken(token: Token | TokenRecord): Promise<GitHubTokenInfo | undefined> {
    return checkAppToken(this, Token.from(token));
  }

  /**
   * Replaces a token by a new one with the same scopes, for example after it leaked. The old one stops working at once: save
   * the new one, and open new sessions with it.
   *
   * @param token - A valid token, or a stored one.
   * @returns The new token; its refresh token is the old one, if there is one.
   * @throws GitHubApiError as {@link GitHubClient.checkToken} does; its reason is `"not-found"` for a token that does not work.
   * @see https://docs.github.com/rest/apps/oauth-applications#reset-a-token
   */
  async resetToken(token: Token | TokenRecord): Promise<Token> {
    return resetAppToken(this, Token.from(token));
  }

  /**
   * Makes a user's token of a GitHub App that may do less: for one account, with some repositories and permissions.
   *
   * @param token - A valid token of the user, or a stored one. It goes on working.
   * @param options - The account (`target` or `targetId`), and the repositories and permissions.
   * @returns A token without a refresh token.
   * @throws GitHubApiError as {@link GitHubClient.resetToken} does; its reason is `"validation-failed"` for what was not
   * granted. ConfigurationError that lists the problems of the options.
   * @see https://docs.github.com/rest/apps/apps#create-a-scoped-access-token
   */
  async fetchScopedToken(token: Token | TokenRecord, options: ScopedTokenOptions): Promise<Token> {
    return scopeAppToken(this, Token.from(token), options);
  }

  /**
   * Fetches all e-mail addresses of the user: with the scope `user:email` (OAuth Apps), or the permission "Email addresses"
   * (GitHub Apps). To know who signed in, `profile()` is shorter: its `email` is the primary address if that is verified.
   *
   * @param token - The user's token, or a stored one. It is not refreshed.
   * @throws GitHubApiError with the reason `"not-found"` or `"forbidden"` if the scope or permission is missing, and for other
   * refusals; OAuthError: `TOKEN_EXPIRED` before anything is sent, `USER_INFO_INVALID` for an answer that is no list, and for a
   * list of more than a thousand addresses, `NETWORK_ERROR`, ….
   * @see https://docs.github.com/rest/users/emails#list-email-addresses-for-the-authenticated-user
   */
  async emails(token: Token | TokenRecord): Promise<GitHubEmail[]> {
    return listEmails(this, this.session(token, { refresh: "manual" }));
  }

  /**
   * Sends a query or a mutation to the GraphQL API.
   *
   * @param session - A session of this client: of a user, or of an installation.
   * @param query - The query; put values into `variables`, not into its text.
   * @returns The `data` of the answer.
   * @throws GitHubApiError for the first of the answer's `errors`, which GitHub sends with status 200: `RATE_LIMITED` with
   * `resetAt`, `INTERACTION_REQUIRED` with the reason `"sso-required"`, `API_REQUEST_FAILED` with the reason `"not-found"`,
   * `"forbidden"`, `"validation-failed"` or `"other"`; and for an error status. OAuthError: `NETWORK_ERROR`, ….
   * @see https://docs.github.com/graphql/guides/forming-calls-with-graphql
   */
  async graphql<Data = any>(
    session: OAuth2Session,
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<Data> {
    return (await queryGraphql(this, session, query, variables)) as Data;
  }

  /**
   * Revokes tokens of any app and user that leaked, at github.com: GitHub tells their owners. It needs no secret and no
   * sign-in. GitHub does not say which of them it knew.
   *
   * @param credentials - 1 to 1000 tokens: personal ones, user tokens of apps, refresh tokens.
   * @throws GitHubApiError: `RATE_LIMITED`, `SERVER_ERROR`, …; OAuthError: `NETWORK_ERROR`, …; ConfigurationError.
   * @see https://docs.github.com/rest/credentials/revoke
   */
  async revokeCredentials(credentials: readonly string[]): Promise<void> {
    await revokeLeakedCredentials(this, credentials);
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
