import {
  type DeviceAuthorization,
  type DeviceAuthorizationRecord,
  type DeviceTokenOptions,
  OAuth2Client,
  type Token,
} from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { type FacebookApp, type FacebookClientOptions, facebookParts } from "./client-options.ts";
import type { DeviceLoginOptions } from "./device-login.ts";
import type { FacebookAuthorizationOptions } from "./preset.ts";
import type { FacebookProfile } from "./profile.ts";
import type { FacebookScope } from "./scopes.ts";

const apps = new WeakMap<object, () => FacebookApp>();

/** Gives what the calls that only Facebook has need beside core's client. */
export function appOf(client: FacebookAppClient): FacebookApp {
  return (apps.get(client) as () => FacebookApp)();
}

/**
 * What a `FacebookClient` is made of: an `OAuth2Client` with the options of a Facebook app, and with Facebook's device login in
 * the place of RFC 8628's device flow.
 */
export class FacebookAppClient extends OAuth2Client<
  FacebookScope,
  FacebookAuthorizationOptions,
  FacebookProfile
> {
  /**
   * @param options - Your app's credentials, and which Graph API. Or a function that returns them, which is called when the
   * client is first used: for a module that is imported where environment variables are missing, as in a build.
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem. If the options are a function, the first
   * use throws it.
   */
  constructor(options: FacebookClientOptions | (() => FacebookClientOptions)) {
    const { parts, keptOf } = facebookParts(options, () => this);
    super(...parts);
    apps.set(this, () => keptOf(this));
  }

  /**
   * Begins a device login. Facebook's protocol is its own; the calls are those of every provider. The client needs
   * `clientToken`, and no secret.
   *
   * @throws OAuthError: `TOKEN_REJECTED` for a wrong client token, …; ConfigurationError without one.
   * @see https://developers.facebook.com/docs/facebook-login/for-devices
   */
  override async fetchDeviceAuthorization(
    options: DeviceLoginOptions = {},
  ): Promise<DeviceAuthorization> {
    const { startDeviceLogin } = await import("./device-login.ts");
    return await startDeviceLogin(this, appOf(this).clientToken, ownOptions(options));
  }

  /** Waits until the user has decided on another device, as at every provider. */
  override async fetchDeviceToken(
    device: DeviceAuthorizationRecord,
    options: DeviceTokenOptions = {},
  ): Promise<Token> {
    const { finishDeviceLogin } = await import("./device-login.ts");
    return await finishDeviceLogin(this, appOf(this).clientToken, device, ownOptions(options));
  }
}
