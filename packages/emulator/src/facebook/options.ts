import type { EmulatorOptions } from "../emulator.ts";
import { idTokenFlawSwitch } from "../oauth/id-token-flaws.ts";
import type { IdTokenFlaw } from "../oauth/id-token-flaws.ts";
import {
  among,
  either,
  oneOf,
  onOff,
  plainObject,
  wholeNumber,
  wholeNumberRule,
} from "../server/switches.ts";
import type { SwitchTable } from "../server/switches.ts";
import type { FacebookUser } from "./users.ts";

/** A configuration of Facebook Login for Business. */
export interface FacebookLoginConfiguration {
  /** The permissions that it asks for. */
  readonly permissions: readonly string[];
  /**
   * Tokens of a business's system user that never expire, or that expire after 60 days.
   *
   * @defaultValue tokens of the user
   */
  readonly systemUser?: "never-expires" | "60-days";
}

/**
 * Switches for behavior that varies at Facebook, and for faults to test against.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/security for `appsecret_proof`
 * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived for token lifetimes
 * @see https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business for login configurations
 */
export interface FacebookSwitches {
  /**
   * The `iss` parameter of the callback: none (Facebook has never been seen to send it), the issuer, or a wrong issuer.
   *
   * @defaultValue false
   */
  readonly iss: boolean | "wrong";
  /**
   * Lifetime in seconds of the tokens from a code exchange; `false` for tokens without `expires_in`. Facebook's
   * documentation says one to two hours; servers have been seen to get about 60 days.
   *
   * @defaultValue 5183944
   */
  readonly tokenLifetime: number | false;
  /**
   * The app setting "Require App Secret": API calls need an `appsecret_proof`.
   *
   * @defaultValue false
   */
  readonly requireAppSecretProof: boolean;
  /**
   * The flaw of ID tokens, which the scope `openid` asks for.
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
   * Facebook Login for Business: the permissions of each `config_id`, or its permissions and kind of token.
   *
   * @defaultValue none
   */
  readonly loginConfigurations: Readonly<
    Record<string, readonly string[] | FacebookLoginConfiguration>
  >;
  /**
   * Whether the dialog refuses the app, as for a domain that is missing in its settings: it redirects with `error_code` and
   * `error_message`, and without `error`. Seen in public code only.
   *
   * @defaultValue false
   */
  readonly dialogError: boolean;
  /**
   * The `iss` of Limited Login tokens: that of other ID tokens, or the one with the host for Limited Login. Both are in use.
   *
   * @defaultValue "www"
   */
  readonly limitedIssuer: "www" | "limited";
  /**
   * The keys of Limited Login tokens: those of the host for Limited Login, or those of other ID tokens.
   *
   * @defaultValue "limited"
   */
  readonly limitedKeys: "limited" | "www";
  /**
   * Minimum number of seconds between two polls of a device.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
}

/** Options of {@link startFacebook}: those of every emulator, and the initial value of each switch. */
export interface FacebookOptions extends EmulatorOptions<FacebookUser>, Partial<FacebookSwitches> {}

/** Facebook's switches with their defaults. */
export const facebookSwitches: SwitchTable<FacebookSwitches> = {
  iss: oneOf<boolean | "wrong">(false, true, "wrong"),
  tokenLifetime: { byDefault: 5_183_944, rule: either(among(false), wholeNumberRule) },
  requireAppSecretProof: onOff(false, "API calls need an appsecret_proof"),
  idToken: idTokenFlawSwitch,
  invalidTokenStatus: oneOf(400, 401),
  throttleStatus: oneOf(400, 403),
  loginConfigurations: { byDefault: {}, rule: plainObject },
  dialogError: onOff(false, "the dialog redirects with error_code and error_message"),
  limitedIssuer: oneOf("www", "limited"),
  limitedKeys: oneOf("limited", "www"),
  deviceInterval: wholeNumber(5),
};

/** The names of failures that Facebook is known for. */
export type FacebookFailure =
  | "api-app-not-installed"
  | "api-checkpointed"
  | "api-password-changed"
  | "api-session-expired"
  | "api-unconfirmed-user"
  | "api-invalid-session"
  | "api-page-role-missing"
  | "api-permission-denied"
  | "api-app-throttled"
  | "api-user-throttled"
  | "api-page-throttled"
  | "api-custom-throttled"
  | "api-unknown"
  | "api-unavailable"
  | "token-unavailable";
