import { commonRules } from "../emulator-frame.ts";
import type { EmulatorOptions } from "../emulator.ts";
import { idTokenFlawRule } from "../oauth/id-token-flaws.ts";
import type { IdTokenFlaw } from "../oauth/id-token-flaws.ts";
import { flag, oneOf, wholeNumber } from "../server/switches.ts";
import type { Rules } from "../server/switches.ts";
import type { GoogleUser } from "./users.ts";

/**
 * Ways in which Google varies, or can be made to.
 *
 * @see https://developers.google.com/identity/protocols/oauth2#expiration for how refresh tokens die
 * @see https://developers.google.com/identity/gsi/web/guides/verify-google-id-token for `iss` and `hd` of ID tokens
 * @see https://developers.google.com/identity/protocols/oauth2/native-app for installed applications
 */
export interface GoogleSwitches {
  /**
   * `iss` in the callback: sent, left out (Google rolled it out to some users first), or somebody else's.
   *
   * @defaultValue true
   */
  readonly iss: boolean | "wrong";
  /**
   * `iss` of ID tokens: the issuer URL, or the same without its scheme, as Google's documentation allows.
   *
   * @defaultValue "full"
   */
  readonly issuer: "full" | "bare";
  /**
   * What is wrong with the ID tokens.
   *
   * @defaultValue "none"
   */
  readonly idToken: IdTokenFlaw;
  /**
   * `hd` of ID tokens and callbacks: the user's own, none, or another domain.
   *
   * @defaultValue "user"
   */
  readonly hd: "user" | "absent" | "wrong";
  /**
   * `web` needs its client secret. `installed` does not, may use any loopback port, and gets a refresh token always.
   *
   * @defaultValue "web"
   */
  readonly clientType: "web" | "installed";
  /**
   * Consent screen in "Testing": refresh tokens die after 7 days, unless all scopes are for sign-in only.
   *
   * @defaultValue false
   */
  readonly testingMode: boolean;
  /**
   * The error of a `prompt=none` that needs the user. Google's name for it differs by flow.
   *
   * @defaultValue "interaction_required"
   */
  readonly promptNoneError: "interaction_required" | "access_denied" | "login_required";
  /**
   * Life of access tokens, in seconds.
   *
   * @defaultValue 3599
   */
  readonly accessTokenLifetime: number;
  /**
   * How many live refresh tokens a user and client may have before the oldest dies silently.
   *
   * @defaultValue 100
   */
  readonly refreshTokenLimit: number;
  /**
   * Whether APIs take the access token in the query too. Some Google APIs do, some do not.
   *
   * @defaultValue true
   */
  readonly queryTokens: boolean;
  /**
   * Seconds that a device must wait between two polls.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
}

/** Options of {@link startGoogle}: the common ones, and each switch's first position. */
export interface GoogleOptions extends EmulatorOptions<GoogleUser>, Partial<GoogleSwitches> {}

/** The switches' first positions. */
export const googleDefaults: GoogleSwitches = {
  iss: true,
  issuer: "full",
  idToken: "none",
  hd: "user",
  clientType: "web",
  testingMode: false,
  promptNoneError: "interaction_required",
  accessTokenLifetime: 3599,
  refreshTokenLimit: 100,
  queryTokens: true,
  deviceInterval: 5,
};

/** What each switch takes. */
export const googleSwitchRules: Rules<GoogleSwitches> = {
  iss: oneOf(true, false, "wrong"),
  issuer: oneOf("full", "bare"),
  idToken: idTokenFlawRule,
  hd: oneOf("user", "absent", "wrong"),
  clientType: oneOf("web", "installed"),
  testingMode: flag,
  promptNoneError: oneOf("interaction_required", "access_denied", "login_required"),
  accessTokenLifetime: wholeNumber(),
  refreshTokenLimit: wholeNumber(),
  queryTokens: flag,
  deviceInterval: wholeNumber(),
};

/** What each option takes. */
export const googleOptionRules: Rules<GoogleOptions> = { ...commonRules, ...googleSwitchRules };
