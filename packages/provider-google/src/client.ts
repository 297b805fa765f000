import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";
import { dividedOptions } from "@grantkit/core/requests";
import { google, type GoogleAuthorizationOptions, type GoogleOptions } from "./preset.ts";
import type { GoogleScope } from "./scopes.ts";

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
export class GoogleClient extends OAuth2Client<GoogleScope, GoogleAuthorizationOptions> {
  /**
   * @param options - Your app's credentials, and how requests are sent. Or a function that returns them, which is called
   * when the client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: GoogleClientOptions | (() => GoogleClientOptions)) {
    super(
      ...dividedOptions(options, ({ endpoints, authorizedParties, ...client }) => [
        () => google({ endpoints, authorizedParties }),
        client,
      ]),
    );
  }
}
