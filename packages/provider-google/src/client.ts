import { OAuth2Client, type OAuth2ClientOptions, type Token } from "@grantkit/core";
import { dividedOptions, type NodeRequest, ownOptions } from "@grantkit/core/requests";
import type { GoogleCredential, VerifyCredentialOptions } from "./credential.ts";
import { google, type GoogleAuthorizationOptions, type GoogleOptions } from "./preset.ts";
import type { GoogleProfile } from "./profile.ts";
import type { GoogleScope } from "./scopes.ts";
import type { GoogleSecurityEvents } from "./security-event.ts";
import type { GoogleTokenInfo } from "./token-info.ts";

/** Options of a `GoogleClient`: your app's credentials at Google, and how requests are sent. */
export interface GoogleClientOptions extends OAuth2ClientOptions, GoogleOptions {}

/**
 * A client for sign-in with Google and for Google's APIs.
 *
 * @example
 * ```ts
 * import { GoogleClient } from "@grantkit/provider-google";
 *
 * const google = new GoogleClient({
 *   clientId: process.env["GOOGLE_CLIENT_ID"] ?? "",
 *   clientSecret: process.env["GOOGLE_CLIENT_SECRET"] ?? "",
 *   redirectUri: "https://app.example.com/callback/google",
 * });
 * const request = await google.authorizationRequest({ accessType: "offline" });
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await google.fetchToken("/callback/google?code=…&state=…", request);
 * console.log(token.claims?.sub); // the ID token's signature and claims are verified
 * ```
 */
export class GoogleClient extends OAuth2Client<
  GoogleScope,
  GoogleAuthorizationOptions,
  GoogleProfile
> {
  /**
   * @param options - Your app's credentials, and how requests are sent. Or a function that returns them, which is called
   * when the client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GoogleClientOptions | (() => GoogleClientOptions)) {
    const parts = dividedOptions(options, ({ endpoints, authorizedParties, ...client }) => [
      () => google({ endpoints, authorizedParties }),
      client,
    ]);
    super(...parts);
  }

  /**
   * Verifies the credential of One Tap or of the button of Sign in with Google: an ID token, which Google's script gives to
   * your page, or posts to your `login_uri`. It is verified as `verifyIdToken()` does, so it may be for each client ID in
   * `authorizedParties`. There is no access token: to call an API, send the user through `authorizationRequest()`.
   *
   * Of a posted form the double submit is checked first: the field `g_csrf_token` must be that of the cookie. A page that
   * sends the credential by itself has none: protect that route against other sites, as you do with any login form.
   *
   * @param credential - The request that Google's script posted, of Node or web-standard; or the credential alone.
   * @param options - The nonce of your page, and the Workspace domain that is required.
   * @throws OAuthError: `CALLBACK_INVALID` for what is no POST of a form or has no credential; `STATE_MISMATCH` for a
   * `g_csrf_token` that is missing or wrong; `ID_TOKEN_INVALID` whose `details.claim` names what failed (`hd` for another
   * domain), `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW`; ConfigurationError that lists the problems of the
   * options.
   * @see https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
   *
   * @example
   * ```ts
   * import type { GoogleClient } from "@grantkit/provider-google";
   *
   * // The route of data-login_uri. Express passes its request as it is.
   * export async function signIn(google: GoogleClient, request: Request) {
   *   const { profile } = await google.verifyCredential(request);
   *   return profile.id;
   * }
   * ```
   */
  async verifyCredential(
    credential: string | Request | NodeRequest,
    options: VerifyCredentialOptions = {},
  ): Promise<GoogleCredential> {
    const { verifyCredential } = await import("./credential.ts");
    return await verifyCredential(this, credential, ownOptions(options));
  }

  /**
   * Asks Google about an access token: whose it is, what it is for and when it expires. Google means it for debugging, and
   * answers a limited number of times.
   *
   * @throws OAuthError: `TOKEN_REJECTED` for a token that is expired, revoked or none of Google's; `TOKEN_INVALID` for what is
   * no token; `RATE_LIMITED`, `SERVER_ERROR`, ….
   * @see https://developers.google.com/identity/sign-in/web/backend-auth#calling-the-tokeninfo-endpoint
   */
  async tokenInfo(token: Token | string): Promise<GoogleTokenInfo> {
    const { fetchTokenInfo } = await import("./token-info.ts");
    return fetchTokenInfo(this, typeof token === "string" ? token : token?.accessToken);
  }

  /**
   * Accepts an access token that came from elsewhere, for example from your phone app, if Google issued it to this client or to
   * one of `authorizedParties`. Any other app's token is refused: its makers could sign in as each of their users (token
   * substitution). Prefer an ID token, which needs no request: `verifyIdToken()`.
   *
   * @throws OAuthError: `TOKEN_REJECTED` whose `details.check` names what failed (`aud`, `azp`, `valid`); otherwise as
   * `tokenInfo()` does.
   */
  async verifyAccessToken(accessToken: string): Promise<GoogleTokenInfo> {
    const { verifyAccessToken } = await import("./token-info.ts");
    return verifyAccessToken(this, accessToken);
  }

  /**
   * Verifies a delivery of Cross-Account Protection (RISC): a security event token that Google posted to your receiver. It may
   * be for each client ID in `authorizedParties`. Confirm it with status 202, and handle repeated deliveries.
   *
   * @param jwt - The body of the request (`application/secevent+jwt`).
   * @throws OAuthError: `SECURITY_EVENT_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`,
   * `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW` when this machine's clock is wrong. Respond with status 400 then.
   * @see https://developers.google.com/identity/protocols/risc
   */
  async verifySecurityEvents(jwt: string): Promise<GoogleSecurityEvents> {
    const { verifySecurityEvents } = await import("./security-event.ts");
    return verifySecurityEvents(this, jwt);
  }
}
