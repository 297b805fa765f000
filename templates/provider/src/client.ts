import { OAuth2Client, type OAuth2ClientOptions } from "@grantkit/core";
import { dividedOptions } from "@grantkit/core/requests";
import { acme, type AcmeAuthorizationOptions, type AcmeOptions } from "./preset.ts";
import type { AcmeScope } from "./scopes.ts";

/** Options of an `AcmeClient`: your app's credentials at Acme, and how requests are sent. */
export interface AcmeClientOptions extends OAuth2ClientOptions, AcmeOptions {}

/**
 * A client for sign-in with Acme and for Acme's API.
 *
 * @example
 * ```ts
 * import { AcmeClient } from "@grantkit/provider-acme";
 *
 * const acme = new AcmeClient({
 *   clientId: process.env["ACME_CLIENT_ID"] ?? "",
 *   clientSecret: process.env["ACME_CLIENT_SECRET"] ?? "",
 *   redirectUri: "https://app.example.com/callback/acme",
 * });
 * const request = await acme.authorizationRequest();
 * // … send the user to request.url, keep request; then, with the callback's URL:
 * const token = await acme.fetchToken("/callback/acme?code=…&state=…", request);
 * console.log((await acme.profile(token)).name);
 * ```
 */
export class AcmeClient extends OAuth2Client<AcmeScope, AcmeAuthorizationOptions> {
  /**
   * @param options - Your app's credentials, and how requests are sent. Or a function that returns them, which is called
   * when the client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: AcmeClientOptions | (() => AcmeClientOptions)) {
    // Name each option of AcmeOptions here: `client` has those of any client. To read one of them, use `ownFields(client)`.
    super(
      ...dividedOptions(options, ({ endpoints, ...client }) => [() => acme({ endpoints }), client]),
    );
  }
}
