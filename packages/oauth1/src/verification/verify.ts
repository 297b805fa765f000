import { type Clock, ConfigurationError, OAuthError, systemClock } from "@grantkit/core";
import { isSecureUrl, sameSecret } from "@grantkit/core/requests";
import { signatureBaseString } from "../signing/base-string.ts";
import { digest } from "../signing/crypto.ts";
import { encodedParameters } from "../signing/parameters.ts";
import {
  methodDigest,
  type MethodDefinition,
  signatureMethod,
} from "../signing/signature-methods.ts";
import { type Claims, readClaims } from "./claims.ts";
import {
  checkCredentials,
  isSignedByClient,
  type VerificationCredentials,
} from "./client-proof.ts";
import { NonceMemory } from "./nonce-memory.ts";
import { type ReadRequest, readRequest, type ReceivedRequest } from "./received-request.ts";
import { invalidSignature, malformed } from "../errors.ts";
import { verifyProblems, type VerifyOptions } from "./verify-options.ts";

/** What a request claims about its sender, before it is verified. */
export interface ClaimedIdentity {
  /** The token that the request names; undefined for none. */
  readonly resourceOwnerKey: string | undefined;
  /** The signature method that the request names. */
  readonly signatureMethod: string;
}

/**
 * Finds the credentials of a client, and of its token if the request names one. Return undefined or null if the client is
 * unknown, or the token is, or it belongs to another client.
 */
export type CredentialLookup = (
  clientKey: string,
  claimed: ClaimedIdentity,
) =>
  VerificationCredentials | null | undefined | Promise<VerificationCredentials | null | undefined>;

/** A request that its client has signed. */
export interface VerifiedRequest {
  /** The client key. */
  readonly clientKey: string;
  /** The token; undefined for a two-legged request. */
  readonly resourceOwnerKey: string | undefined;
  /** The name of the signature method. */
  readonly signatureMethod: string;
  /** Seconds since the epoch; undefined for a PLAINTEXT request without a timestamp. */
  readonly timestamp: number | undefined;
  /** The nonce; undefined for a PLAINTEXT request without one. */
  readonly nonce: string | undefined;
  /** `oauth_callback`; undefined for none. */
  readonly callbackUri: string | undefined;
  /** `oauth_verifier`; undefined for none. */
  readonly verifier: string | undefined;
  /** The parameters of query and form that the signature covers, without the protocol's own. */
  readonly parameters: URLSearchParams;
}

const nonces = new NonceMemory();

/**
 * Verifies that a received request was signed by a client that you know (RFC 5849 §3.2): an LTI 1.1 launch or a webhook, for
 * example.
 *
 * It checks, in this order, the form of the request, the signature method, the timestamp, the signature, the body hash and
 * the nonce.
 *
 * @param request - A web-standard `Request`, whose body can still be read afterwards, or its parts. The `Host` header is
 * ignored: behind a proxy pass the parts, with the URL that the sender signed.
 * @param lookup - Finds the client's credentials. An error that it throws reaches the caller.
 * @throws OAuthError with code `INVALID_REQUEST` for a request that no signature could make valid (answer 400); with
 * `TIMESTAMP_REFUSED`, `NONCE_USED` or `SIGNATURE_INVALID` (answer 401), the latter alike for an unknown client, an unknown
 * token, a wrong signature and a wrong body hash; with `RATE_LIMITED` (answer 429) when the memory of this process has no
 * room for another nonce of the client. ConfigurationError (`CONFIGURATION_INVALID`) for invalid arguments, and for
 * invalid credentials from the lookup.
 *
 * @example
 * ```ts
 * import { verify } from "@grantkit/oauth1";
 *
 * const secrets = new Map([["moodle.example.edu", process.env["LTI_SECRET"] ?? ""]]);
 *
 * export async function launch(request: Request): Promise<string | null> {
 *   const { parameters } = await verify(request, (clientKey) => {
 *     const clientSecret = secrets.get(clientKey);
 *     return clientSecret ? { clientSecret } : undefined;
 *   });
 *   return parameters.get("user_id");
 * }
 * ```
 */
export async function verify(
  request: Request | ReceivedRequest,
  lookup: CredentialLookup,
  options: VerifyOptions = {},
): Promise<VerifiedRequest> {
  const problems = verifyProblems(lookup, options);
  if (problems.length > 0) throw new ConfigurationError("verify()", problems);
  const received = await readRequest(request);
  const claims = readClaims(received);
  const method = acceptedMethod(claims, received, options);
  const clock = options.clock ?? systemClock;
  checkCoverage(received, claims, options);
  checkTimestamp(claims, clock, options);
  await checkSignature(method, received, claims, lookup);
  await checkBodyHash(method, received, claims, options);
  await checkNonce(claims, clock, options);
  const { clientKey, resourceOwnerKey, timestamp, nonce, callbackUri, verifier } = claims;
  return {
    clientKey,
    resourceOwnerKey,
    signatureMethod: claims.signatureMethod,
    timestamp,
    nonce,
    callbackUri,
    verifier,
    parameters: new URLSearchParams(claims.parameters as [string, string][]),
  };
}

const DEFAULT_WINDOW = 300;

function acceptedMethod(
  { signatureMethod: name }: Claims,
  { url }: ReadRequest,
  { signatureMethods }: VerifyOptions,
): MethodDefinition {
  const method = signatureMethods
    ? signatureMethods.map(signatureMethod).find((each) => each?.name === name)
    : signatureMethod(name);
  if (!method || (method.kind === "plaintext" && !signatureMethods)) {
    throw malformed("its signature method is not accepted here");
  }
  if (method.kind === "plaintext" && !isSecureUrl(url)) {
    throw malformed("it sent its secrets in PLAINTEXT without https: the client needs new secrets");
  }
  return method;
}

function checkTimestamp({ timestamp }: Claims, clock: Clock, options: VerifyOptions): void {
  if (timestamp === undefined) return;
  const { timestampWindow = DEFAULT_WINDOW } = options;
  if (Math.abs(clock.now() / 1000 - timestamp) <= timestampWindow) return;
  throw new OAuthError(
    "TIMESTAMP_REFUSED",
    `The request's timestamp differs from this machine's time by more than ${timestampWindow} seconds: the request is old, or a clock is wrong.`,
  );
}

async function checkSignature(
  method: MethodDefinition,
  received: ReadRequest,
  claims: Claims,
  lookup: CredentialLookup,
): Promise<void> {
  const { clientKey, resourceOwnerKey, signatureMethod: name } = claims;
  const credentials =
    (await lookup(clientKey, { resourceOwnerKey, signatureMethod: name })) ?? undefined;
  if (credentials !== undefined) checkCredentials(credentials);
  const { method: verb, url } = received;
  const baseString = signatureBaseString(verb, url, url.host, encodedParameters(claims.signed));
  if (!(await isSignedByClient(method, baseString, claims, credentials))) throw invalidSignature();
}

function checkCoverage(
  { form, content }: ReadRequest,
  claims: Claims,
  options: VerifyOptions,
): void {
  if (claims.bodyHash !== undefined) {
    if (form) throw malformed("it is a form, which the signature covers, with an oauth_body_hash");
  } else if (!form && content.length > 0 && options.requireBodyHash !== false) {
    throw malformed(
      "its body is no form and has no oauth_body_hash, so the signature does not cover it. To accept it all the same, pass requireBodyHash: false",
    );
  }
}

async function checkBodyHash(
  method: MethodDefinition,
  { content }: ReadRequest,
  { bodyHash }: Claims,
  options: VerifyOptions,
): Promise<void> {
  if (bodyHash === undefined) return;
  const expected = await digest(options.bodyHash ?? methodDigest(method), content);
  if (!sameSecret(bodyHash, expected)) throw invalidSignature();
}

async function checkNonce(claims: Claims, clock: Clock, options: VerifyOptions): Promise<void> {
  const { clientKey, resourceOwnerKey, timestamp, nonce } = claims;
  const { useNonce, timestampWindow = DEFAULT_WINDOW } = options;
  if (useNonce === false || timestamp === undefined || nonce === undefined) return;
  const now = clock.now();
  // A second longer than the timestamp is accepted.
  const rememberFor = Math.ceil(timestamp + timestampWindow - now / 1000) + 1;
  const use = { clientKey, resourceOwnerKey, timestamp, nonce, rememberFor };
  const fresh: unknown = useNonce ? await useNonce(use) : nonces.use(use, now);
  if (fresh !== true) {
    throw new OAuthError(
      "NONCE_USED",
      "The request's nonce was used before: this is a copy of an earlier request.",
    );
  }
}
