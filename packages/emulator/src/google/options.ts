import type { EmulatorOptions } from "../emulator.ts";
import { idTokenFlawSwitch } from "../oauth/id-token-flaws.ts";
import type { IdTokenFlaw } from "../oauth/id-token-flaws.ts";
import { oneOf, onOff, wholeNumber } from "../server/switches.ts";
import type { SwitchTable } from "../server/switches.ts";
import type { GoogleUser } from "./users.ts";

/**
 * Switches for behavior that varies at Google, and for faults to test against.
 *
 * @see https://developers.google.com/identity/protocols/oauth2#expiration for when refresh tokens expire
 * @see https://developers.google.com/identity/gsi/web/guides/verify-google-id-token for `iss` and `hd` of ID tokens
 * @see https://developers.google.com/identity/protocols/oauth2/native-app for installed applications
 */
export interface GoogleSwitches {
  /**
   * The `iss` parameter of the callback: the issuer, none (Google rolled it out to some users first), or a wrong issuer.
   *
   * @defaultValue true
   */
  readonly iss: boolean | "wrong";
  /**
   * The `iss` claim of ID tokens: the issuer URL, or the URL without its scheme, which Google's documentation allows.
   *
   * @defaultValue "full"
   */
  readonly issuer: "full" | "bare";
  /**
   * The flaw of ID tokens.
   *
   * @defaultValue "none"
   */
  readonly idToken: IdTokenFlaw;
  /**
   * The `hd` value in ID tokens and callbacks: the user's domain, none, or another domain.
   *
   * @defaultValue "user"
   */
  readonly hd: "user" | "absent" | "wrong";
  /**
   * The type of the client. `installed` needs no client secret, may use any loopback port and always gets a refresh token.
   *
   * @defaultValue "web"
   */
  readonly clientType: "web" | "installed";
  /**
   * Whether the consent screen is in "Testing": refresh tokens expire after 7 days, except those for sign-in scopes only.
   *
   * @defaultValue false
   */
  readonly testingMode: boolean;
  /**
   * The error for `prompt=none` when the user has to interact. Google's error differs by flow.
   *
   * @defaultValue "interaction_required"
   */
  readonly promptNoneError: "interaction_required" | "access_denied" | "login_required";
  /**
   * Lifetime of access tokens in seconds.
   *
   * @defaultValue 3599
   */
  readonly accessTokenLifetime: number;
  /**
   * Maximum number of valid refresh tokens for a user and client. Beyond it, the oldest stops working without notice.
   *
   * @defaultValue 100
   */
  readonly refreshTokenLimit: number;
  /**
   * Whether APIs accept the access token in the query too. Some Google APIs do, some do not.
   *
   * @defaultValue true
   */
  readonly queryTokens: boolean;
  /**
   * DPoP proofs at the token endpoint: `optional` checks them, `nonce` also requires a nonce in them, `ignored` ignores them.
   * A proof binds the refresh token to its key; the access token stays a Bearer token.
   *
   * @defaultValue "optional"
   */
  readonly dpop: "optional" | "nonce" | "ignored";
  /**
   * Whether service accounts may act for users (domain-wide delegation, the `sub` of an assertion).
   *
   * @defaultValue true
   */
  readonly domainWideDelegation: boolean;
  /**
   * Minimum number of seconds between two polls of a device.
   *
   * @defaultValue 5
   */
  readonly deviceInterval: number;
}

/** Options of {@link startGoogle}: those of every emulator, and the initial value of each switch. */
export interface GoogleOptions extends EmulatorOptions<GoogleUser>, Partial<GoogleSwitches> {}

/** Google's switches with their defaults. */
export const googleSwitches: SwitchTable<GoogleSwitches> = {
  iss: oneOf<boolean | "wrong">(true, false, "wrong"),
  issuer: oneOf("full", "bare"),
  idToken: idTokenFlawSwitch,
  hd: oneOf("user", "absent", "wrong"),
  clientType: oneOf("web", "installed"),
  testingMode: onOff(false, "refresh tokens expire after 7 days"),
  promptNoneError: oneOf("interaction_required", "access_denied", "login_required"),
  accessTokenLifetime: wholeNumber(3599),
  refreshTokenLimit: wholeNumber(100),
  queryTokens: onOff(true, "APIs accept ?access_token= too"),
  dpop: oneOf("optional", "nonce", "ignored"),
  domainWideDelegation: onOff(true, "service accounts may act for users"),
  deviceInterval: wholeNumber(5),
};

/** The names of failures that Google is known for. */
export type GoogleFailure =
  | "api-unauthenticated"
  | "api-insufficient-scope"
  | "api-rate-limit"
  | "api-user-rate-limit"
  | "api-quota"
  | "api-disabled"
  | "api-backend-error"
  | "token-unavailable"
  | "token-internal-failure"
  | "token-admin-policy"
  | "token-client-deleted"
  | "token-client-disabled"
  | "token-org-internal"
  | "token-access-denied"
  | "token-reauthentication"
  | "device-quota";
