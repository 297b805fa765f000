import type { JWK } from "jose";
import { commonRules } from "../emulator-frame.ts";
import type { EmulatorOptions } from "../emulator.ts";
import {
  either,
  filledList,
  flag,
  oneOf,
  plainObject,
  text,
  wholeNumber,
} from "../server/switches.ts";
import type { Rule, Rules } from "../server/switches.ts";
import type { OAuth1Consumer } from "./consumers.ts";
import type { OAuth1User } from "./users.ts";

/** Ways in which OAuth 1.0a servers differ, or can be made to. */
export interface OAuth1Switches {
  /**
   * `oauth_callback_confirmed` in the reply with a request token: `true`, `false`, or left out as OAuth 1.0 did before the
   * session fixation of 2009.
   *
   * @defaultValue true
   */
  readonly callbackConfirmed: boolean | "absent";
  /**
   * `oauth_token` in the callback: the one that was asked for, another one, or none.
   *
   * @defaultValue "same"
   */
  readonly callbackToken: "same" | "another" | "absent";
  /**
   * Whether the callback has an `oauth_verifier`; OAuth 1.0 had none.
   *
   * @defaultValue true
   */
  readonly callbackVerifier: boolean;
  /**
   * How the callback tells that the user said no: `denied=<token>` beside `oauth_token`, `denied` alone as Twitter does, or
   * `oauth_problem=user_refused`.
   *
   * @defaultValue "denied"
   */
  readonly denial: "denied" | "denied-only" | "oauth_problem";
  /**
   * The form of the replies with tokens: as the RFC has it, as JSON, a web page, with `oauth_token` twice, without it,
   * without its secret, empty, or followed by 16 MiB of padding.
   *
   * @defaultValue "form"
   */
  readonly tokenReply:
    | "form"
    | "json"
    | "html"
    | "duplicate-token"
    | "without-token"
    | "without-secret"
    | "empty"
    | "huge";
  /**
   * Content type of replies with tokens in form encoding. Twitter says `text/html; charset=utf-8`.
   *
   * @defaultValue "application/x-www-form-urlencoded"
   */
  readonly tokenContentType: string;
  /**
   * Characters of tokens, secrets and verifiers: letters and digits, or also such as break whoever encodes or decodes them
   * once too often.
   *
   * @defaultValue "plain"
   */
  readonly credentials: "plain" | "awkward";
  /**
   * Whether consumers may exchange a user's password for a token (xAuth).
   *
   * @defaultValue false
   */
  readonly xAuth: boolean;
  /**
   * Whether access tokens expire and can be renewed with an `oauth_session_handle`, as Yahoo had it (OAuth Session 1.0).
   *
   * @defaultValue false
   */
  readonly renewal: boolean;
  /**
   * Seconds that an access token lives when `renewal` is on. Otherwise it never expires by itself.
   *
   * @defaultValue 3600
   */
  readonly accessTokenLifetime: number;
  /**
   * Seconds that a request token lives.
   *
   * @defaultValue 600
   */
  readonly requestTokenLifetime: number;
  /**
   * Seconds that a timestamp may be away from the emulator's clock, on either side.
   *
   * @defaultValue 300
   */
  readonly timestampWindow: number;
  /**
   * Whether the signature method PLAINTEXT is taken.
   *
   * @defaultValue true
   */
  readonly plaintext: boolean;
  /**
   * The digest of `oauth_body_hash`: the one of the signature method (SHA-1 for PLAINTEXT), or always the same.
   *
   * @defaultValue "by-method"
   */
  readonly bodyHash: "by-method" | "sha1" | "sha256" | "sha512";
  /**
   * Whether bodies that are no forms need an `oauth_body_hash`.
   *
   * @defaultValue false
   */
  readonly requireBodyHash: boolean;
  /**
   * The realm that WWW-Authenticate names.
   *
   * @defaultValue "emulator"
   */
  readonly realm: string;
  /**
   * Whether each request's Authorization header must name the realm, as NetSuite wants it.
   *
   * @defaultValue false
   */
  readonly requireRealm: boolean;
}

/** Options of {@link startOAuth1}: the common ones, and each switch's first position. */
export interface OAuth1Options extends EmulatorOptions<OAuth1User>, Partial<OAuth1Switches> {
  /**
   * RSA public key of the registered application, as PEM or JWK.
   *
   * @defaultValue none: RSA methods are rejected until `createConsumerKey` is called
   */
  readonly publicKey?: string | JWK;
  /**
   * Applications beside the registered one.
   *
   * @defaultValue none
   */
  readonly consumers?: readonly OAuth1Consumer[];
}

/** The switches' first positions. */
export const oauth1Defaults: OAuth1Switches = {
  callbackConfirmed: true,
  callbackToken: "same",
  callbackVerifier: true,
  denial: "denied",
  tokenReply: "form",
  tokenContentType: "application/x-www-form-urlencoded",
  credentials: "plain",
  xAuth: false,
  renewal: false,
  accessTokenLifetime: 3600,
  requestTokenLifetime: 600,
  timestampWindow: 300,
  plaintext: true,
  bodyHash: "by-method",
  requireBodyHash: false,
  realm: "emulator",
  requireRealm: false,
};

// A header has to carry these.
const headerText: Rule = (value) =>
  typeof value === "string" && /^[\x20-\x7e]+$/.test(value) && !/["\\]/.test(value)
    ? undefined
    : "must be a text of ASCII characters without quotes and backslashes";

/** What each switch takes. */
export const oauth1SwitchRules: Rules<OAuth1Switches> = {
  callbackConfirmed: oneOf(true, false, "absent"),
  callbackToken: oneOf("same", "another", "absent"),
  callbackVerifier: flag,
  denial: oneOf("denied", "denied-only", "oauth_problem"),
  tokenReply: oneOf(
    "form",
    "json",
    "html",
    "duplicate-token",
    "without-token",
    "without-secret",
    "empty",
    "huge",
  ),
  tokenContentType: headerText,
  credentials: oneOf("plain", "awkward"),
  xAuth: flag,
  renewal: flag,
  accessTokenLifetime: wholeNumber(),
  requestTokenLifetime: wholeNumber(),
  timestampWindow: wholeNumber(),
  plaintext: flag,
  bodyHash: oneOf("by-method", "sha1", "sha256", "sha512"),
  requireBodyHash: flag,
  realm: headerText,
  requireRealm: flag,
};

/** What each option takes. */
export const oauth1OptionRules: Rules<OAuth1Options> = {
  ...commonRules,
  ...oauth1SwitchRules,
  publicKey: either(text, plainObject),
  consumers: filledList,
};
