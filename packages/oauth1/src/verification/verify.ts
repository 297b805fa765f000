import { ConfigurationError } from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { invalidSignature } from "../errors.ts";
import { signatureBaseString } from "../signing/base-string.ts";
import { encodedParameters } from "../signing/parameters.ts";
import type { MethodDefinition } from "../signing/signature-methods.ts";
import {
  acceptedMethod,
  checkBodyHash,
  checkCoverage,
  checkNonce,
  checkTimestamp,
} from "./checks.ts";
import { areInHead, type Claims, readClaims } from "./claims.ts";
import {
  checkCredentials,
  type ClientProof,
  clientProof,
  type VerificationCredentials,
} from "./client-proof.ts";
import type { ReadBody } from "./received-body.ts";
import { readHead, type ReceivedHead, type ReceivedRequest } from "./received-request.ts";
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

/**
 * Verifies that a received request was signed by a client that you know (RFC 5849 §3.2): an LTI 1.1 launch or a webhook, for
 * example.
 *
 * It checks, in this order, the form of the request, the signature method, the timestamp, the client, the signature, the
 * body hash and the nonce. It reads the body of a `Request` as late as it can: not before client and timestamp are known to be
 * good, unless the OAuth parameters are in it, and never more than `maxBodyBytes`.
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
  const own = ownOptions(options);
  const problems = verifyProblems(lookup, own);
  if (problems.length > 0) throw new ConfigurationError("verify()", problems);
  const claims = await provenClaims(readHead(request), lookup, own);
  await checkNonce(claims, own);
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

const DEFAULT_LIMIT = 1_048_576;

/** A request as far as it has been read. */
interface ReadSoFar {
  readonly claims: Claims;
  readonly body?: ReadBody;
}

/** What the request claims, once all of it but the nonce is proven; the body is read when nothing else is left to check. */
async function provenClaims(
  head: ReceivedHead,
  lookup: CredentialLookup,
  options: VerifyOptions,
): Promise<Claims> {
  const readAll = async (): Promise<ReadSoFar> => {
    const body = await head.body(options.maxBodyBytes ?? DEFAULT_LIMIT);
    const claims = readClaims(head, body.form);
    checkCoverage(body, claims, options);
    return { claims, body };
  };
  let read: ReadSoFar = needsBodyFirst(head) ? await readAll() : { claims: readClaims(head) };
  const method = acceptedMethod(read.claims, head, options);
  checkTimestamp(read.claims, options);
  const proof = await findProof(method, read.claims, lookup);
  if (!read.body && head.isForm && proof.isKnown) read = await readAll();
  await checkSignature(proof, head, read.claims);
  const isHashed = read.claims.bodyHash !== undefined || options.requireBodyHash !== false;
  if (!read.body && isHashed) read = await readAll();
  await checkBodyHash(method, read.body, read.claims, options);
  return read.claims;
}

function needsBodyFirst(head: ReceivedHead): boolean {
  return head.isInMemory || (head.isForm && !areInHead(head));
}

async function findProof(
  method: MethodDefinition,
  claims: Claims,
  lookup: CredentialLookup,
): Promise<ClientProof> {
  const { clientKey, resourceOwnerKey, signatureMethod: name } = claims;
  const found = await lookup(clientKey, { resourceOwnerKey, signatureMethod: name });
  // Own fields only: a secret on Object.prototype would be everybody's.
  const credentials = ownOptions(found) ?? undefined;
  if (credentials !== undefined) checkCredentials(credentials);
  return clientProof(method, claims, credentials);
}

async function checkSignature(
  proof: ClientProof,
  { method, url }: ReceivedHead,
  { signed }: Claims,
): Promise<void> {
  const baseString = signatureBaseString(method, url, url.host, encodedParameters(signed));
  if (!(await proof.verify(baseString))) throw invalidSignature();
}
