import type { JWK } from "jose";
import type { EmulatorOptions } from "../emulator.ts";
import {
  either,
  filledList,
  oneOf,
  onOff,
  plainObject,
  text,
  wholeNumber,
} from "../server/switches.ts";
import type { Rule, Rules, SwitchTable } from "../server/switches.ts";
import type { OAuth1Consumer } from "./consumers.ts";
import type { OAuth1User } from "./users.ts";

/** Switches for behavior that varies among OAuth 1.0a servers, and for faults to test against. */
export interface OAuth1Switches {
  /**
   * The `oauth_callback_confirmed` parameter of the reply with a request token: `true`, `false`, or absent as in OAuth 1.0
   * before the session fixation attack of 2009.
   *
   * @defaultValue true
   */
  readonly callbackConfirmed: boolean | "absent";
  /**
   * The `oauth_token` parameter of the callback: the authorized request token, another one, or none.
   *
   * @defaultValue "same"
   */
  readonly callbackToken: "same" | "another" | "absent";
  /**
   * Whether the callback has an `oauth_verifier`. OAuth 1.0 had none.
   *
   * @defaultValue true
   */
  readonly callbackVerifier: boolean;
  /**
   * The callback parameters when the user denies access: `denied=<token>` and `oauth_token`, `denied` alone as at Twitter,
   * or `oauth_problem=user_refused`.
   *
   * @defaultValue "denied"
   */
  readonly denial: "denied" | "denied-only" | "oauth_problem";
  /**
   * The format of replies with tokens: as in the RFC, JSON, a web page, with `oauth_token` twice, without `oauth_token`,
   * without `oauth_token_secret`, empty, or followed by 16 MiB of padding.
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
   * Content type of form-encoded replies with tokens. Twitter sends `text/html; charset=utf-8`.
   *
   * @defaultValue "application/x-www-form-urlencoded"
   */
  readonly tokenContentType: string;
  /**
   * Characters of tokens, secrets and verifiers: letters and digits, or also characters that break clients which encode or
   * decode once too often.
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
   * Whether access tokens expire and can be refreshed with an `oauth_session_handle`, as at Yahoo (OAuth Session 1.0).
   *
   * @defaultValue false
   */
  readonly renewal: boolean;
  /**
   * Lifetime of access tokens in seconds when `renewal` is on. Otherwise they do not expire.
   *
   * @defaultValue 3600
   */
  readonly accessTokenLifetime: number;
  /**
   * Lifetime of request tokens in seconds.
   *
   * @defaultValue 600
   */
  readonly requestTokenLifetime: number;
  /**
   * Maximum difference in seconds between a timestamp and the emulator's clock.
   *
   * @defaultValue 300
   */
  readonly timestampWindow: number;
  /**
   * Whether the signature method PLAINTEXT is accepted.
   *
   * @defaultValue true
   */
  readonly plaintext: boolean;
  /**
   * The digest of `oauth_body_hash`: that of the signature method (SHA-1 for PLAINTEXT), or a fixed one.
   *
   * @defaultValue "by-method"
   */
  readonly bodyHash: "by-method" | "sha1" | "sha256" | "sha512";
  /**
   * Whether requests whose body is not a form need an `oauth_body_hash`.
   *
   * @defaultValue false
   */
  readonly requireBodyHash: boolean;
  /**
   * The realm in WWW-Authenticate.
   *
   * @defaultValue "emulator"
   */
  readonly realm: string;
  /**
   * Whether the Authorization header of each request must name the realm, as at NetSuite.
   *
   * @defaultValue false
   */
  readonly requireRealm: boolean;
}

/** Options of {@link startOAuth1}: those of every emulator, and the initial value of each switch. */
export interface OAuth1Options extends EmulatorOptions<OAuth1User>, Partial<OAuth1Switches> {
  /**
   * RSA public key of the registered application, as PEM or JWK.
   *
   * @defaultValue none: RSA methods are rejected until `createConsumerKey` is called
   */
  readonly publicKey?: string | JWK;
  /**
   * Further applications beside the registered one.
   *
   * @defaultValue none
   */
  readonly consumers?: readonly OAuth1Consumer[];
}

/** The options that no other emulator takes. */
export type ConsumerOptions = Pick<OAuth1Options, "publicKey" | "consumers">;

/** What the options that no other emulator takes may be. */
export const consumerRules: Rules<ConsumerOptions> = {
  publicKey: either(text, plainObject),
  consumers: filledList,
};

const headerText: Rule = (value) =>
  typeof value === "string" && /^[\x20-\x7e]+$/.test(value) && !/["\\]/.test(value)
    ? undefined
    : "must be a non-empty ASCII string without quotes and backslashes";

/** The switches of OAuth 1.0a with their defaults. */
export const oauth1Switches: SwitchTable<OAuth1Switches> = {
  callbackConfirmed: oneOf<boolean | "absent">(true, false, "absent"),
  callbackToken: oneOf("same", "another", "absent"),
  callbackVerifier: onOff(true, "the callback has an oauth_verifier"),
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
  tokenContentType: { byDefault: "application/x-www-form-urlencoded", rule: headerText },
  credentials: oneOf("plain", "awkward"),
  xAuth: onOff(false, "passwords can be exchanged for tokens"),
  renewal: onOff(false, "tokens expire and can be refreshed with a session handle"),
  accessTokenLifetime: wholeNumber(3600),
  requestTokenLifetime: wholeNumber(600),
  timestampWindow: wholeNumber(300),
  plaintext: onOff(true, "the signature method PLAINTEXT is accepted"),
  bodyHash: oneOf("by-method", "sha1", "sha256", "sha512"),
  requireBodyHash: onOff(false, "bodies that are not forms need an oauth_body_hash"),
  realm: { byDefault: "emulator", rule: headerText },
  requireRealm: onOff(false, "the Authorization header must name the realm"),
};

/** The names of failures that OAuth 1.0a servers are known for. */
export type OAuth1Failure =
  | "api-token-rejected"
  | "api-token-expired"
  | "api-nonce-used"
  | "api-timestamp-refused"
  | "api-permission-denied"
  | "api-rate-limit"
  | "api-internal-failure"
  | "api-unavailable"
  | "token-consumer-key-refused"
  | "token-timestamp-refused"
  | "token-internal-failure"
  | "token-unavailable"
  | "token-redirect"
  | "token-redirect-elsewhere";
