import { ConfigurationError, type OAuth2ClientOptions } from "@grantkit/core";
import {
  anything,
  ENVIRONMENT_RULES,
  isObject,
  mustBeFunction,
  mustBeListOf,
  optionProblems,
  type OptionRule,
  type OptionRules,
  ownFields,
  retriesProblems,
} from "@grantkit/core/requests";
import { CREDENTIAL_RULES, type OAuth1Credentials } from "../credentials.ts";
import { isOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import type { SignatureType } from "../signing/placement.ts";
import type { SignatureMethod } from "../signing/signature-methods.ts";
import { OAuth1Token, type OAuth1TokenRecord, type OAuth1WireToken } from "../token.ts";
import type { GivenTokens, OnOAuth1TokenUpdate } from "./session-token.ts";

/** Options of a session; `http`, `fetch`, `timeout`, `retries` and `random` are those of core's `OAuth2Client`. */
export interface OAuth1SessionOptions
  extends
    Omit<OAuth1Credentials, "nonce" | "timestamp">,
    Pick<OAuth2ClientOptions, "http" | "fetch" | "timeout" | "retries" | "random"> {
  /** The provider: its endpoints, its API, and how requests to it are signed. */
  readonly provider?: OAuth1Provider;
  /** The access token of a user who has signed in: a token, its JSON, or the provider's own names. */
  readonly token?: OAuth1Token | OAuth1TokenRecord | OAuth1WireToken;
  /** The request token of a sign-in under way: what `fetchRequestToken()` returned. */
  readonly requestToken?: OAuth1Token | OAuth1TokenRecord | OAuth1WireToken;
  /**
   * Saves a refreshed token; awaited before any request continues. If it throws, requests fail with `TOKEN_UPDATE_FAILED`,
   * the session keeps the new token, and the next request calls it again.
   */
  readonly onTokenUpdate?: OnOAuth1TokenUpdate;
  /**
   * Origins beyond the provider's API that signed requests may go to. With neither an API nor this option, they may go to
   * every https URL that the app names.
   */
  readonly allowedOrigins?: readonly string[];
}

// A session signs many requests, each with its own nonce and timestamp.
const { nonce: _nonce, timestamp: _timestamp, ...CREDENTIALS } = CREDENTIAL_RULES;

/** Makes the rule of a token, which an unset variable must not turn into requests on the app's own behalf. */
function mustNotBeAbsent(rule: OptionRule): OptionRule {
  return (value, name, options) =>
    name in options && (value === undefined || value === null)
      ? [
          `${name} is ${String(value)}: leave it out for requests on the app's own behalf (is the environment variable set?)`,
        ]
      : rule(value, name, options);
}

const oneToken: OptionRule = (_value, _name, { token, requestToken, resourceOwnerKey }) =>
  [token, requestToken, resourceOwnerKey].filter((each) => each !== undefined).length > 1
    ? ["token, requestToken and resourceOwnerKey are one thing: pass one of them"]
    : [];

const resourceOwnerSecret: OptionRule = (value, name, options) =>
  value !== undefined && options["resourceOwnerKey"] === undefined
    ? ["resourceOwnerSecret needs resourceOwnerKey"]
    : CREDENTIALS.resourceOwnerSecret(value, name, options);

const verifier: OptionRule = (value, name, options) =>
  value !== undefined &&
  options["requestToken"] === undefined &&
  options["resourceOwnerKey"] === undefined
    ? [
        "verifier comes with a callback and needs that callback's requestToken: pass the callback to parseAuthorizationResponse()",
      ]
    : CREDENTIALS.verifier(value, name, options);

const provider: OptionRule = (value) => {
  if (value === undefined || isOAuth1Provider(value)) return [];
  return typeof value === "function"
    ? ["provider is a function: call it, as in provider: trello()"]
    : ["provider must come from defineOAuth1Provider() or a preset"];
};

const allowedOrigins = mustBeListOf(
  "origins",
  'be an origin, for example "https://api.example.com"',
  isOrigin,
);

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || value.includes("*") || !URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  return /^https?:$/.test(protocol) && origin === value.replace(/\/$/, "");
}

const RULES: OptionRules<OAuth1SessionOptions> = {
  ...CREDENTIALS,
  provider,
  token: mustNotBeAbsent(oneToken),
  requestToken: mustNotBeAbsent(anything),
  resourceOwnerKey: mustNotBeAbsent(CREDENTIALS.resourceOwnerKey),
  resourceOwnerSecret,
  verifier,
  onTokenUpdate: mustBeFunction,
  allowedOrigins,
  retries: retriesProblems,
  ...ENVIRONMENT_RULES,
};

/** Options that were checked, with the provider's way to sign unless the session has its own. */
export interface CheckedOptions extends OAuth1SessionOptions {
  readonly signatureMethod: SignatureMethod;
  readonly signatureType: SignatureType;
}

/**
 * Checks a session's options; properties that somebody added to `Object.prototype` are not among them.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function checkedOptions(given: OAuth1SessionOptions): CheckedOptions {
  if (!isObject(given)) {
    throw new ConfigurationError("OAuth1Session", ["its options must be an object"]);
  }
  const own = ownFields(given);
  const options = Object.assign(own, {
    signatureMethod: own.signatureMethod ?? own.provider?.signatureMethod ?? "HMAC-SHA1",
    signatureType: own.signatureType ?? own.provider?.signatureType ?? "header",
  });
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) {
    throw new ConfigurationError("OAuth1Session", problems, nameOf(options.provider));
  }
  return options;
}

/** The provider's name in errors; a session need not have a provider. */
export function nameOf(value: OAuth1Provider | undefined): string {
  return isOAuth1Provider(value) ? value.name : "oauth1";
}

/** The tokens that a session is made with. */
export function givenTokens(options: OAuth1SessionOptions): GivenTokens {
  const { token, requestToken, resourceOwnerKey: key, resourceOwnerSecret: secret = "" } = options;
  return {
    access: token && OAuth1Token.from(token),
    request: requestToken && OAuth1Token.from(requestToken),
    either: key === undefined ? undefined : OAuth1Token.from({ key, secret }),
  };
}
