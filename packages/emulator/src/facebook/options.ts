import { commonRules } from "../emulator-frame.ts";
import type { EmulatorOptions } from "../emulator.ts";
import { idTokenFlawRule } from "../oauth/id-token-flaws.ts";
import type { IdTokenFlaw } from "../oauth/id-token-flaws.ts";
import { either, flag, oneOf, plainObject, wholeNumber } from "../server/switches.ts";
import type { Rules } from "../server/switches.ts";
import type { FacebookUser } from "./users.ts";

/**
 * Ways in which Facebook varies, or can be made to.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/security for `appsecret_proof`
 * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived for the life of tokens
 * @see https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business for login configurations
 */
export interface FacebookSwitches {
  /**
   * `iss` in the callback. Facebook was never seen to send it, so it is off.
   *
   * @defaultValue false
   */
  readonly iss: boolean | "wrong";
  /**
   * Life of the tokens that a code is exchanged for, in seconds; false for tokens without `expires_in`. Facebook's
   * documentation says one to two hours, servers have been seen to get about 60 days.
   *
   * @defaultValue 5183944
   */
  readonly tokenLifetime: number | false;
  /**
   * The app's setting "Require App Secret": API calls need an `appsecret_proof`.
   *
   * @defaultValue false
   */
  readonly requireAppSecretProof: boolean;
  /**
   * What is wrong with the ID tokens (there is one when the scope has `openid`).
   *
   * @defaultValue "none"
   */
  readonly idToken: IdTokenFlaw;
  /**
   * HTTP status of errors about the access token (code 190). Both have been seen.
   *
   * @defaultValue 400
   */
  readonly invalidTokenStatus: 400 | 401;
  /**
   * HTTP status of throttled calls (codes 4, 17, 32, 613). Both have been seen.
   *
   * @defaultValue 400
   */
  readonly throttleStatus: 400 | 403;
  /**
   * Facebook Login for Business: the permissions behind each `config_id`.
   *
   * @defaultValue none
   */
  readonly loginConfigurations: Readonly<Record<string, readonly string[]>>;
  /**
   * Seconds that a device must wait between two polls.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
}

/** Options of {@link startFacebook}: the common ones, and each switch's first position. */
export interface FacebookOptions extends EmulatorOptions<FacebookUser>, Partial<FacebookSwitches> {}

/** The switches' first positions. */
export const facebookDefaults: FacebookSwitches = {
  iss: false,
  tokenLifetime: 5_183_944,
  requireAppSecretProof: false,
  idToken: "none",
  invalidTokenStatus: 400,
  throttleStatus: 400,
  loginConfigurations: {},
  deviceInterval: 5,
};

/** What each switch takes. */
export const facebookSwitchRules: Rules<FacebookSwitches> = {
  iss: oneOf(true, false, "wrong"),
  tokenLifetime: either(oneOf(false), wholeNumber()),
  requireAppSecretProof: flag,
  idToken: idTokenFlawRule,
  invalidTokenStatus: oneOf(400, 401),
  throttleStatus: oneOf(400, 403),
  loginConfigurations: plainObject,
  deviceInterval: wholeNumber(),
};

/** What each option takes. */
export const facebookOptionRules: Rules<FacebookOptions> = {
  ...commonRules,
  ...facebookSwitchRules,
};
