import { ConfigurationError, type OAuth2ClientOptions } from "@grantkit/core";
import {
  environmentProblems,
  ownFields,
  retriesProblems,
  unknownFields,
} from "@grantkit/core/requests";
import { CREDENTIAL_OPTIONS, credentialProblems, type OAuth1Credentials } from "../credentials.ts";
import { isOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import type { SignatureType } from "../signing/placement.ts";
import type { SignerOptions } from "../signing/signer.ts";
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

const OPTIONS = new Set([
  ...CREDENTIAL_OPTIONS,
  "provider",
  "token",
  "requestToken",
  "onTokenUpdate",
  "allowedOrigins",
  "http",
  "fetch",
  "timeout",
  "retries",
  "random",
]);
// A session signs more than one request.
for (const name of ["nonce", "timestamp"]) OPTIONS.delete(name);

/**
 * A session's options, checked. Its own alone: what somebody added to Object.prototype is none.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function checkedOptions(given: OAuth1SessionOptions): OAuth1SessionOptions {
  if (typeof given !== "object" || given === null) {
    throw new ConfigurationError("OAuth1Session", ["its options must be an object"]);
  }
  const options = ownFields(given);
  const source = options as unknown as Readonly<Record<string, unknown>>;
  const problems = unknownFields(options, OPTIONS, "");
  const { provider } = options;
  if (provider !== undefined && !isOAuth1Provider(provider)) {
    problems.push(
      typeof provider === "function"
        ? "provider is a function: call it, as in provider: trello()"
        : "provider must come from defineOAuth1Provider() or a preset",
    );
  }
  const signing = {
    signatureMethod: provider?.signatureMethod,
    signatureType: provider?.signatureType,
    ...source,
  };
  problems.push(...credentialProblems(signing), ...tokenProblems(options));
  if (options.onTokenUpdate !== undefined && typeof options.onTokenUpdate !== "function") {
    problems.push("onTokenUpdate must be a function");
  }
  problems.push(...originProblems(options.allowedOrigins), ...retriesProblems(options.retries));
  problems.push(...environmentProblems(source));
  if (problems.length > 0) {
    throw new ConfigurationError("OAuth1Session", problems, nameOf(provider));
  }
  return options;
}

/** What errors call the provider; sessions need not have one. */
export function nameOf(provider: OAuth1Provider | undefined): string {
  return isOAuth1Provider(provider) ? provider.name : "oauth1";
}

/** An environment variable, and a field of a database's, that is not there. */
const ABSENT: ReadonlyMap<unknown, string> = new Map([
  [undefined, "undefined"],
  [null, "null"],
]);

function tokenProblems(options: OAuth1SessionOptions): string[] {
  const { token, requestToken, resourceOwnerKey, resourceOwnerSecret, verifier } = options;
  // Left out, requests go on the app's own behalf: nobody should come to that by a variable that is not set.
  const problems = (["token", "requestToken", "resourceOwnerKey"] as const)
    .filter((name) => name in options && ABSENT.has(options[name]))
    .map(
      (name) =>
        `${name} is ${ABSENT.get(options[name])}: leave it out for requests on the app's own behalf (is the environment variable set?)`,
    );
  const given = [token, requestToken, resourceOwnerKey].filter((each) => each !== undefined);
  if (given.length > 1) {
    problems.push("token, requestToken and resourceOwnerKey are one thing: give one of them");
  }
  if (resourceOwnerSecret !== undefined && resourceOwnerKey === undefined) {
    problems.push("resourceOwnerSecret needs resourceOwnerKey");
  }
  if (verifier !== undefined && requestToken === undefined && resourceOwnerKey === undefined) {
    problems.push(
      "verifier comes with a callback, and needs the requestToken that it answers; pass the callback to parseAuthorizationResponse()",
    );
  }
  return problems;
}

function originProblems(origins: unknown): string[] {
  if (origins === undefined) return [];
  if (!Array.isArray(origins)) return ["allowedOrigins must be an array of origins"];
  return origins.flatMap((origin: unknown, index) => {
    const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : undefined;
    const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
    return isHttp && url.origin === (origin as string).replace(/\/$/, "")
      ? []
      : [`allowedOrigins[${index}] must be an origin, for example "https://api.example.com"`];
  });
}

/** How a session signs. */
export function signingOptions(
  options: OAuth1SessionOptions,
): SignerOptions & { readonly signatureType: SignatureType } {
  const { provider, clientKey, clientSecret, privateKey, forceIncludeBody, bodyHash } = options;
  return {
    clientKey,
    clock: options.clock,
    signatureMethod: options.signatureMethod ?? provider?.signatureMethod ?? "HMAC-SHA1",
    signatureType: options.signatureType ?? provider?.signatureType ?? "header",
    ...(clientSecret !== undefined && { clientSecret }),
    ...(privateKey !== undefined && { privateKey }),
    ...(forceIncludeBody !== undefined && { forceIncludeBody }),
    ...(bodyHash !== undefined && { bodyHash }),
  };
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
