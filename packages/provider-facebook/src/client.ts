import {
  type CallbackInput,
  Token,
  type TokenRecord,
  type VerifyIdTokenOptions,
} from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { appOf, FacebookAppClient } from "./app-client.ts";
import { appSecretOf } from "./app-secret.ts";
import type * as debugging from "./debug-token.ts";
import type { LimitedLogin } from "./limited-login.ts";
import type { FacebookPermissions } from "./permissions.ts";
import type { FacebookScope } from "./scopes.ts";
import type { SystemUserTokenOptions } from "./system-user.ts";
import type { SignedRequest, SignedRequestOptions } from "./signed-request.ts";

/**
 * A client for sign-in with Facebook and for the Graph API.
 *
 * @example
 * ```ts
 * import { FacebookClient } from "@grantkit/provider-facebook";
 *
 * const facebook = new FacebookClient({
 *   clientId: process.env["FACEBOOK_CLIENT_ID"] ?? "",
 *   clientSecret: process.env["FACEBOOK_CLIENT_SECRET"] ?? "",
 *   redirectUri: "https://app.example.com/callback/facebook",
 * });
 * const request = await facebook.authorizationRequest(); // … send the user to request.url
 * const token = await facebook.fetchToken("/callback/facebook?code=…&state=…", request);
 * const { data } = await facebook.session(token).get("/me/permissions");
 * ```
 */
export class FacebookClient extends FacebookAppClient {
  /**
   * Fetches a token for the app itself, for calls without a user. It does not expire, and it contains the app secret. To call
   * the API, `clientCredentialsSession()` is shorter: it fetches the token by itself.
   *
   * @throws OAuthError: `INVALID_CLIENT` for a wrong app secret, …; ConfigurationError for a client without one.
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens
   */
  fetchAppToken(): Promise<Token> {
    return this.fetchClientCredentialsToken();
  }

  /**
   * Exchanges a user's token of a few hours for one that lives for about 60 days, now. Sessions do the same by themselves
   * before a token expires: Facebook exchanges no expired one.
   *
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `INVALID_GRANT` for a token that was revoked,
   * `INVALID_CLIENT`, …; ConfigurationError for a client without a secret.
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
   */
  fetchLongLivedToken(token: Token | TokenRecord): Promise<Token> {
    return appSecretOf(this, "fetchLongLivedToken()").then(() => this.refreshToken(token));
  }

  /**
   * Asks Facebook which permissions the user has granted, and returns the token with these as its `scope`. Facebook's token
   * response has no scope: until you ask, `token.scope` is what was requested, even if the user unticked some of it.
   *
   * @returns A copy of the token. Its `scopeChange` lists permissions of earlier sign-ins as additional.
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, `RATE_LIMITED`, `SERVER_ERROR`,
   * `NETWORK_ERROR`, `API_REQUEST_FAILED` also for an answer that is no list of permissions, ….
   * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
   */
  async fetchGrantedScopes(token: Token | TokenRecord): Promise<Token> {
    const { withGrantedScopes } = await import("./permissions.ts");
    return await withGrantedScopes(this.session(token, { refresh: "manual" }));
  }

  /** Asks Facebook what the user has decided about the permissions. It throws what `fetchGrantedScopes()` throws. */
  async fetchPermissions(token: Token | TokenRecord): Promise<FacebookPermissions> {
    const { permissionsOf } = await import("./permissions.ts");
    return await permissionsOf(this.session(token, { refresh: "manual" }));
  }

  /**
   * Takes one permission from your app; the token keeps working. `revokeToken()` takes all of them.
   *
   * @throws OAuthError as {@link FacebookClient.fetchGrantedScopes} does; `URL_INVALID` for what is not a permission.
   */
  async deletePermission(
    token: Token | TokenRecord,
    permission: FacebookScope | (string & {}),
  ): Promise<void> {
    const { deletePermission } = await import("./permissions.ts");
    await deletePermission(this.session(token, { refresh: "manual" }), permission);
  }

  /**
   * Asks Facebook about any token, also an invalid one and one of another app: whose it is, for which app, until when. To
   * accept a token that came from elsewhere, use {@link FacebookClient.verifyAccessToken}.
   *
   * @throws OAuthError: `TOKEN_REJECTED` for a wrong app secret, …; ConfigurationError for a client without one.
   * @see https://developers.facebook.com/docs/graph-api/reference/debug_token
   */
  async debugToken(token: Token | TokenRecord | string): Promise<debugging.DebuggedToken> {
    const { debugToken } = await import("./debug-token.ts");
    return await debugToken(this, token);
  }

  /**
   * Accepts an access token that a browser or a phone sent you, which may be stolen from another app: it must be valid, a
   * user's, and issued to your app.
   *
   * @returns The user's ID, and a token for sessions.
   * @throws OAuthError: `TOKEN_REJECTED`, or `SUBJECT_MISMATCH` for another user than `userId`; `details.check` names the
   * check that failed (`is_valid`, `app_id`, `type`, `user_id`). Otherwise as {@link FacebookClient.debugToken}.
   * @see https://developers.facebook.com/documentation/facebook-login/security
   */
  async verifyAccessToken(
    accessToken: string,
    options: debugging.VerifyAccessTokenOptions = {},
  ): Promise<debugging.VerifiedAccessToken> {
    const { verifyAccessToken } = await import("./debug-token.ts");
    return await verifyAccessToken(this, accessToken, ownOptions(options));
  }

  /**
   * Verifies a `signed_request`: of a callback, of a page in Facebook, or of the JavaScript SDK's cookie `fbsr_APP_ID`.
   *
   * @param request - The text; or the request that posted it (a `Request`, or one of Node's `http`, Express or Fastify).
   * @throws OAuthError with code `SIGNATURE_INVALID`; `details.check` names the check that failed (`format`, `signature`,
   * `algorithm`, `payload`, `issued_at`). `CALLBACK_INVALID` for a request that is not a form; ConfigurationError.
   * @see https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
   */
  async verifySignedRequest(
    request: string | Exclude<CallbackInput, URL>,
    options: SignedRequestOptions = {},
  ): Promise<SignedRequest> {
    const { verifySignedRequest } = await import("./signed-request.ts");
    return await verifySignedRequest(this, request, ownOptions(options));
  }

  /**
   * Verifies the ID token of a Limited Login, which phones get in place of an access token (iOS without consent to tracking).
   *
   * @param options - `nonce`: the one that your server gave to the phone.
   * @throws OAuthError: `ID_TOKEN_INVALID` (`details.claim` names the claim), also for an access token;
   * `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW`.
   * @see https://developers.facebook.com/docs/facebook-login/limited-login/token
   */
  async verifyLimitedLogin(
    idToken: string,
    options: Pick<VerifyIdTokenOptions, "nonce" | "issuedWithin"> = {},
  ): Promise<LimitedLogin> {
    const { verifyLimitedLogin } = await import("./limited-login.ts");
    return await verifyLimitedLogin(this, appOf(this), idToken, ownOptions(options));
  }

  /**
   * Removes your app from the account of a user of Limited Login, as `revokeToken()` does for one with an access token.
   *
   * @throws OAuthError: `ID_TOKEN_INVALID`, `API_REQUEST_FAILED` for one that is invalid, expired or another app's, ….
   * @see https://developers.facebook.com/docs/facebook-login/limited-login
   */
  async revokeLimitedLogin(idToken: string): Promise<void> {
    const { revokeLimitedLogin } = await import("./limited-login-revocation.ts");
    await revokeLimitedLogin(this, idToken);
  }

  /**
   * Fetches a code that a client of your app, such as a phone, exchanges for a token of its own:
   * `fetchTokenByCode(code, { redirectUri })`, without the app secret.
   *
   * @param token - A long-lived token of the user.
   * @param options - `redirectUri`: the one that the client exchanges the code with.
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, …; ConfigurationError without a secret.
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
   */
  async fetchClientCode(
    token: Token | TokenRecord,
    options: { readonly redirectUri: string },
  ): Promise<string> {
    const { fetchClientCode } = await import("./client-code.ts");
    return await fetchClientCode(this, Token.from(token), ownOptions(options));
  }

  /** Fetches the ID of the client business that a token of Login for Business is for; throws as `fetchPermissions()` does. */
  async fetchClientBusinessId(token: Token | TokenRecord): Promise<string> {
    const { fetchClientBusinessId } = await import("./system-user.ts");
    return await fetchClientBusinessId(this.session(token, { refresh: "manual" }));
  }

  /**
   * Fetches a token of a client business's system user (Login for Business), with the proof of the app secret.
   *
   * @param token - A token of that system user, or of one of your own business.
   * @throws OAuthError: `TOKEN_REJECTED`, `API_REQUEST_FAILED` for another business, …; ConfigurationError without a secret.
   * @see https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business
   */
  async fetchSystemUserToken(
    token: Token | TokenRecord,
    options: SystemUserTokenOptions = {},
  ): Promise<Token> {
    const { fetchSystemUserToken } = await import("./system-user.ts");
    return await fetchSystemUserToken(this, token, ownOptions(options));
  }
}
