import { type Clock, OAuthError, systemClock } from "@grantkit/core";
import type { OAuth1Credentials } from "../credentials.ts";
import { unsignable } from "../errors.ts";
import { randomNonce } from "./crypto.ts";
import {
  type EncodedParameter,
  encodedParameter,
  encodedParameters,
  plainParameter,
} from "./parameters.ts";

/** The parameters of the protocol (RFC 5849 §3.1) and of the body hash extension. */
const PROTOCOL_PARAMETERS: ReadonlySet<string> = new Set([
  "oauth_body_hash",
  "oauth_callback",
  "oauth_consumer_key",
  "oauth_nonce",
  "oauth_signature",
  "oauth_signature_method",
  "oauth_timestamp",
  "oauth_token",
  "oauth_verifier",
  "oauth_version",
]);

/** Whether a name is that of a protocol parameter. */
export function isProtocolParameter(name: string): boolean {
  return name.startsWith("oauth_") && PROTOCOL_PARAMETERS.has(name);
}

/**
 * Refuses a request that has OAuth parameters already.
 *
 * @param further - Further parameters that its signature will add.
 * @throws OAuthError with code `TOKEN_IN_URL` or `REQUEST_UNSIGNABLE`.
 */
export function refuseSigned(
  query: readonly EncodedParameter[],
  form: readonly EncodedParameter[],
  authorization: string | undefined,
  further: Readonly<Record<string, string>> = {},
): void {
  // Encoded or not, the protocol's names are the same.
  const isOurs = ({ name }: EncodedParameter) =>
    isProtocolParameter(name) || Object.hasOwn(further, name);
  if (query.some(isOurs)) {
    throw new OAuthError(
      "TOKEN_IN_URL",
      "The request's URL has OAuth parameters in it already. Pass the URL without them: signing adds them, and those of an earlier request are no longer valid.",
    );
  }
  if (form.some(isOurs)) {
    throw unsignable(
      "its body has OAuth parameters in it already. Leave them out of the body: callback and verifier are options, and signing adds the others",
    );
  }
  if (authorization !== undefined && /^\s*OAuth(?:\s|$)/i.test(authorization)) {
    throw unsignable(
      "it has an OAuth Authorization header already. Leave the header out: signing adds it",
    );
  }
}

/** The token of a request, and what else its OAuth parameters say. */
export interface OAuthValues {
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
  readonly callback?: string | undefined;
  readonly verifier?: string | undefined;
  /** Sent in the header only, and not signed. */
  readonly realm?: string | undefined;
  /** Parameters of extensions by their names on the wire, for example `oauth_session_handle`. */
  readonly further?: Readonly<Record<string, string>> | undefined;
}

/** Makes the protocol parameters of one client's requests, in the order in which they are signed. */
export class ProtocolParameters {
  readonly #options: OAuth1Credentials;
  readonly #client: EncodedParameter;
  readonly #method: EncodedParameter;
  readonly #clock: Clock;
  /** The token of the last request, which most often is that of the next. */
  #token: { readonly key: string; readonly parameter: EncodedParameter } | undefined;

  constructor(options: OAuth1Credentials, method: string) {
    this.#options = options;
    this.#client = encodedParameter("oauth_consumer_key", options.clientKey);
    this.#method = encodedParameter("oauth_signature_method", method);
    this.#clock = options.clock ?? systemClock;
  }

  /** The parameters of one request, with a new nonce. */
  of({ token, callback, verifier, further }: OAuthValues, hash?: string): EncodedParameter[] {
    const { nonce, timestamp = Math.floor(this.#clock.now() / 1000) } = this.#options;
    const parameters: EncodedParameter[] = [];
    if (hash !== undefined) parameters.push(encodedParameter("oauth_body_hash", hash));
    if (callback !== undefined) parameters.push(encodedParameter("oauth_callback", callback));
    parameters.push(
      this.#client,
      nonce === undefined
        ? plainParameter("oauth_nonce", randomNonce())
        : encodedParameter("oauth_nonce", nonce),
      this.#method,
      plainParameter("oauth_timestamp", String(timestamp)),
    );
    if (token !== undefined) parameters.push(this.#tokenParameter(token));
    if (verifier !== undefined) parameters.push(encodedParameter("oauth_verifier", verifier));
    parameters.push(VERSION);
    if (further !== undefined) parameters.push(...encodedParameters(Object.entries(further)));
    return parameters;
  }

  #tokenParameter(key: string): EncodedParameter {
    if (this.#token?.key !== key) {
      this.#token = { key, parameter: encodedParameter("oauth_token", key) };
    }
    return this.#token.parameter;
  }
}

const VERSION = plainParameter("oauth_version", "1.0");
