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

/** What a session is made of. */
export interface OAuth1SessionOptions extends Omit<OAuth1Credentials, "nonce" | "timestamp"> {
  /** The provider: its endpoints, its API, and how it wants to be signed for. */
  readonly provider?: OAuth1Provider;
  /** The access token of a user who signed in before: itself, its JSON, or a reply's own names. */
  readonly token?: OAuth1Token | OAuth1TokenRecord | OAuth1WireToken;
  /** The request token of a sign-in that is under way, as `fetchRequestToken()` gave it. */
  readonly requestToken?: OAuth1Token | OAuth1TokenRecord | OAuth1WireToken;
  /**
   * Saves a token that was renewed: called with the new one and the one that it replaces, and awaited before any request
   * goes on. If it throws, requests fail with `TOKEN_UPDATE_FAILED`, and the next one tries again; the session has the new
   * token all the same.
   */
  readonly onTokenUpdate?: OnOAuth1TokenUpdate;
  /**
   * Origins that requests may be signed for beside the provider's API. Without an API of a provider's and without this,
   * they are signed for whatever https URL the app names.
   */
  readonly allowedOrigins?: readonly string[];
  /** Defaults for axios (proxy, agents, CA, headers, adapter), or an instance of yours. */
  readonly http?: NonNullable<OAuth2ClientOptions["http"]>;
  /**
   * The `fetch` under `session.fetch`.
   *
   * @defaultValue the platform's
   */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Milliseconds for one whole exchange, connecting and body included.
   *
   * @defaultValue 10,000 for the token endpoints, 30,000 for the API
   */
  readonly timeout?: number;
  /**
   * How often a request that failed in a way that may pass is repeated, signed anew each time: `GET`, `HEAD`, `PUT`,
   * `DELETE` and `OPTIONS` alone. `false` for never.
   *
   * @defaultValue `2`
   */
  readonly retries?: number | false;
  /** Chance, from 0 to less than 1, for tests: it spreads retries in time. Nonces do not come from it. */
  readonly random?: () => number;
}

// A session signs more than one request.
const { nonce: _nonce, timestamp: _timestamp, ...CREDENTIALS } = CREDENTIAL_RULES;

/** An environment variable, and a field of a database's, that is not there. */
const ABSENT: ReadonlyMap<unknown, string> = new Map([
  [undefined, "undefined"],
  [null, "null"],
]);

/** Makes the rule of a token: left out, requests are on the app's own behalf, which an unset variable must not cause. */
function mustNotBeAbsent(rule: OptionRule): OptionRule {
  return (value, name, options) =>
    name in options && ABSENT.has(value)
      ? [
          `${name} is ${ABSENT.get(value)}: leave it out for requests on the app's own behalf (is the environment variable set?)`,
        ]
      : rule(value, name, options);
}

const oneToken: OptionRule = (_value, _name, { token, requestToken, resourceOwnerKey }) =>
  [token, requestToken, resourceOwnerKey].filter((each) => each !== undefined).length > 1
    ? ["token, requestToken and resourceOwnerKey are one thing: give one of them"]
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
        "verifier comes with a callback, and needs the requestToken that it answers; pass the callback to parseAuthorizationResponse()",
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
  if (typeof value !== "string" || !URL.canParse(value)) return false;
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

/** A session's options, checked, with the provider's way to sign where the session has none of its own. */
export interface CheckedOptions extends OAuth1SessionOptions {
  readonly signatureMethod: SignatureMethod;
  readonly signatureType: SignatureType;
}

/**
 * Checks a session's options. Its own alone: what somebody added to Object.prototype is none.
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

/** What errors call the provider; sessions need not have one. */
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
