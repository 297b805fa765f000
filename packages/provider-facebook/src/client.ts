import {
  type Hooks,
  OAuth2Client,
  type OAuth2ClientOptions,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import { appSecretProof, appSecretProofProblems } from "./app-secret-proof.ts";
import {
  type FacebookAuthorizationOptions,
  type FacebookOptions,
  facebookUnless,
} from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";

/** Your app's credentials at Facebook (`clientId` is the app ID), and which Graph API. */
export interface FacebookClientOptions extends OAuth2ClientOptions, FacebookOptions {
  /**
   * Sends an `appsecret_proof` with every call of the Graph API. Apps with the setting "Require App Secret" need
   * it; it takes a client secret.
   *
   * @defaultValue `false`
   */
  readonly appSecretProof?: boolean | undefined;
}

/**
 * Sign in with Facebook, and call the Graph API.
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
   * @param options - Credentials, and which Graph API.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem.
   */
  constructor(options: FacebookClientOptions) {
    const { version, endpoints, appSecretProof: proving, ...client } =
      // From JavaScript nothing may come: the error then lists what is missing.
      options ?? ({} as FacebookClientOptions);
    const { clientSecret } = client;
    super(
      () => facebookUnless(appSecretProofProblems(proving, clientSecret), { version, endpoints }),
      proving === true && clientSecret !== undefined
        ? { ...client, hooks: withProof(client.hooks, clientSecret) }
        : client,
    );
  }

  /**
   * A token for the app itself, for calls that need no user: it does not end, and has the app secret in it.
   *
   * @throws OAuthError: `INVALID_CLIENT` for a wrong app secret, …; ConfigurationError for a client without one.
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens
   */
  fetchAppToken(): Promise<Token> {
    // Permissions are of users: the default scope is none of the app's.
    return this.fetchClientCredentialsToken({ scope: [] });
  }

  /**
   * Exchanges a user's token for one that lives for about 60 days: where a sign-in gave one of hours. Facebook exchanges
   * no token that has expired.
   *
   * @param token - A token, or a stored one.
   * @throws OAuthError: `TOKEN_REJECTED` for a token that has expired or was revoked, `INVALID_CLIENT`, ….
   * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
   */
  async fetchLongLivedToken(token: Token | TokenRecord): Promise<Token> {
    const { accessToken, scope } = Token.from(token);
    return this.exchangeToken({ subjectToken: accessToken, scope });
  }
}

/** The proof comes last: it is of the request as the caller's own hooks leave it. */
function withProof(hooks: Hooks | undefined, appSecret: string): Hooks {
  const own = hooks?.protectedRequest ?? [];
  return { ...hooks, protectedRequest: [own, appSecretProof(appSecret)].flat() };
}
