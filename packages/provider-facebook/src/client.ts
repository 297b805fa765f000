import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";
import { facebook, type FacebookAuthorizationOptions, type FacebookOptions } from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";

/** Your app's credentials at Facebook (`clientId` is the app ID), and which Graph API. */
export interface FacebookClientOptions extends OAuth2ClientOptions, FacebookOptions {}

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
    const { version, endpoints, ...client } = options;
    super(() => facebook({ version, endpoints }), client);
  }
}
