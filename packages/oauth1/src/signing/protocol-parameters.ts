import { type Clock, OAuthError, systemClock } from "@grantkit/core";
import { randomNonce } from "./crypto.ts";
import {
  type EncodedParameter,
  encodedParameter,
  encodedParameters,
  plainParameter,
} from "./parameters.ts";
import { unsignable } from "../errors.ts";

/** The parameters that the protocol itself sends with a request (RFC 5849 §3.1), and the body hash extension's. */
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

/** Whether a name is one of the protocol's own. */
export function isProtocolParameter(name: string): boolean {
  return name.startsWith("oauth_") && PROTOCOL_PARAMETERS.has(name);
}

/**
 * @param further - Parameters that this request will have besides.
 * @throws OAuthError with code `TOKEN_IN_URL` or `REQUEST_UNSIGNABLE` for a request that seems to be signed already.
 */
export function refuseSigned(
  query: readonly EncodedParameter[],
  form: readonly EncodedParameter[],
  authorization: string | undefined,
  further: Readonly<Record<string, string>> = {},
): void {
  // The encoded name will do: of a name of the protocol's it is the name itself.
  const ours = ({ name }: EncodedParameter) =>
    isProtocolParameter(name) || Object.hasOwn(further, name);
  if (query.some(ours)) {
    throw new OAuthError(
      "TOKEN_IN_URL",
      "The request's URL has OAuth parameters in it already. Pass the URL without them: they are added here, and those of another request are no longer valid.",
    );
  }
  if (form.some(ours)) {
    throw unsignable(
      "its body has OAuth parameters in it already. Leave them out of the body: callback and verifier are options, the others are added here",
    );
  }
  if (authorization !== undefined && /^\s*OAuth(?:\s|$)/i.test(authorization)) {
    throw unsignable(
      "it has an Authorization header of OAuth already. Leave the header out: it is made anew for each request",
    );
  }
}

/** Whose request it is, and what else the protocol says with it. */
export interface OAuthValues {
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
  readonly callback?: string | undefined;
  readonly verifier?: string | undefined;
  /** In the header only; not signed. */
  readonly realm?: string | undefined;
  /** Further parameters of the protocol by their names on the wire, `oauth_session_handle` for example. */
  readonly further?: Readonly<Record<string, string>> | undefined;
}

/** Makes the protocol's parameters of one client's requests, in the order in which they are signed. */
export class ProtocolParameters {
  readonly #options: ProtocolOptions;
  readonly #client: EncodedParameter;
  readonly #method: EncodedParameter;
  readonly #clock: Clock;
  /** The last token, which most often is the next one. */
  #token: { readonly key: string; readonly parameter: EncodedParameter } | undefined;

  constructor(options: ProtocolOptions, method: string) {
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

interface ProtocolOptions {
  readonly clientKey: string;
  readonly nonce?: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp?: number | undefined;
  readonly clock?: Clock | undefined;
}

const VERSION = plainParameter("oauth_version", "1.0");
