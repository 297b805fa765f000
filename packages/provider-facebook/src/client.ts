import {
  type Hooks,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { clientSecretOf, dividedOptions, ownOptions } from "@grantkit/core/requests";
import { type AppSecret, appSecretProof, appSecretProofProblems } from "./app-secret-proof.ts";
import {
  type FacebookAuthorizationOptions,
  type FacebookOptions,
  facebookUnless,
} from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";

/** Options of a `FacebookClient`: your app's credentials (`clientId` is the app ID), and which Graph API. */
export interface FacebookClientOptions extends OAuth2ClientOptions, FacebookOptions {
  /**
   * Sends an `appsecret_proof` with every call of the Graph API, made with the client secret. Apps with the setting
   * "Require App Secret" need it.
   *
   * @defaultValue `false`
   */
  readonly appSecretProof?: boolean | undefined;
}

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
 * const request = await facebook.authorizationRequest();
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await facebook.fetchToken("/callback/facebook?code=…&state=…", request);
 * const inQuery = facebook.session(token, { tokenPlacement: "query" });
 * const { data } = await inQuery.get("/me/permissions");
 * ```
 */
export class FacebookClient extends OAuth2Client<FacebookScope, FacebookAuthorizationOptions> {
  /**
   * @param options - Your app's credentials, and which Graph API. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: FacebookClientOptions | (() => FacebookClientOptions)) {
    const secret: AppSecret = () => clientSecretOf(this);
    super(
      ...dividedOptions(options, ({ version, endpoints, appSecretProof: proving, ...client }) => {
        const { clientSecret, hooks } = ownOptions(client);
        return [
          () =>
            facebookUnless(appSecretProofProblems(proving, clientSecret), { version, endpoints }),
          proving === true && clientSecret !== undefined
            ? { ...client, hooks: withProof(ownOptions(hooks), secret) }
            : client,
        ];
      }),
    );
  }

  /**
   * Fetches a token for the app itself, for calls without a user. It does not expire, and it contains the app secret. To call
   * the API, `clientCredentialsSession()` is shorter: it fetches the token by itself.
   *
   * @throws OAuthError: `INVALID_CLIENT` for a wrong app secret, …; ConfigurationError for a client without one.
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens
   */
  fetchAppToken(): Promise<Token> {
    // The app itself has no permissions, so no scope is asked for.
    return this.fetchClientCredentialsToken({ scope: [] });
  }

  /**
   * Exchanges a user's token of a few hours for one that lives for about 60 days, now. Sessions do the same by themselves in
   * the last week of a token, or in the second half of a shorter life. Facebook does not exchange an expired token.
   *
   * @param token - A token, or a stored one.
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `INVALID_GRANT` for a token that was revoked,
   * `INVALID_CLIENT`, `REFRESH_TOKEN_MISSING` for a client without a secret, ….
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
   */
  fetchLongLivedToken(token: Token | TokenRecord): Promise<Token> {
    return this.refreshToken(token);
  }

  /**
   * Asks Facebook which permissions the user has granted, and returns the token with these as its `scope`. Facebook's token
   * response has no scope: until you ask, `token.scope` is what was requested, even if the user unticked some of it.
   *
   * @param token - A user's token, or a stored one. It stays as it is.
   * @returns A token with the granted `scope` and the `scopeChange`, which lists permissions of earlier sign-ins as
   * additional. All its other fields are those of the given token.
   * @throws OAuthError: `TOKEN_EXPIRED` before anything is sent, `TOKEN_REJECTED`, `RATE_LIMITED`, `SERVER_ERROR`,
   * `NETWORK_ERROR`, `API_REQUEST_FAILED` also for an answer that is no list of permissions, ….
   * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
   */
  async fetchGrantedScopes(token: Token | TokenRecord): Promise<Token> {
    const { withGrantedScopes } = await import("./granted-scopes.ts");
    return await withGrantedScopes(this.session(token, { refresh: "manual" }));
  }
}

/** Adds the proof's hook last, so that it gets the request as the caller's own hooks leave it. */
function withProof(hooks: Hooks | undefined, appSecret: AppSecret): Hooks {
  const own = hooks?.protectedRequest ?? [];
  return { ...hooks, protectedRequest: [own, appSecretProof(appSecret)].flat() };
}
