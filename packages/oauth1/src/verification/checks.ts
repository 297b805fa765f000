import { OAuthError, systemClock } from "@grantkit/core";
import { isSecureUrl, sameSecret } from "@grantkit/core/requests";
import { invalidSignature, malformed } from "../errors.ts";
import { digest } from "../signing/crypto.ts";
import {
  methodDigest,
  type MethodDefinition,
  signatureMethod,
} from "../signing/signature-methods.ts";
import type { Claims } from "./claims.ts";
import { NonceMemory, type NonceUse } from "./nonce-memory.ts";
import type { ReadBody } from "./received-body.ts";
import type { ReceivedHead } from "./received-request.ts";
import type { VerifyOptions } from "./verify-options.ts";

const nonces = new NonceMemory();

const DEFAULT_WINDOW = 300;

/** The signature method of a request, if it is accepted here. */
export function acceptedMethod(
  { signatureMethod: name }: Claims,
  { url }: ReceivedHead,
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

/** @throws OAuthError with code `TIMESTAMP_REFUSED`. */
export function checkTimestamp({ timestamp }: Claims, options: VerifyOptions): void {
  if (timestamp === undefined) return;
  const { timestampWindow = DEFAULT_WINDOW, clock = systemClock } = options;
  if (Math.abs(clock.now() / 1000 - timestamp) <= timestampWindow) return;
  throw new OAuthError(
    "TIMESTAMP_REFUSED",
    `The request's timestamp differs from this machine's time by more than ${timestampWindow} seconds: the request is old, or a clock is wrong.`,
  );
}

/** @throws OAuthError with code `INVALID_REQUEST` for a body that the signature does not cover, or covers twice. */
export function checkCoverage(
  { form, content }: ReadBody,
  claims: Claims,
  options: VerifyOptions,
): void {
  if (claims.bodyHash !== undefined) {
    if (form)
      throw malformed("it is a form and has an oauth_body_hash, which only other bodies may have");
  } else if (!form && content.length > 0 && options.requireBodyHash !== false) {
    throw malformed(
      "its body is not a form and has no oauth_body_hash, so the signature does not cover it. To accept such bodies, pass requireBodyHash: false",
    );
  }
}

/** @throws OAuthError with code `SIGNATURE_INVALID`. */
export async function checkBodyHash(
  method: MethodDefinition,
  body: ReadBody | undefined,
  { bodyHash }: Claims,
  options: VerifyOptions,
): Promise<void> {
  if (bodyHash === undefined) return;
  const expected = await digest(options.bodyHash ?? methodDigest(method), body?.content ?? "");
  if (!sameSecret(bodyHash, expected)) throw invalidSignature();
}

/** @throws OAuthError with code `NONCE_USED`, or `RATE_LIMITED` when there is no room for another nonce. */
export async function checkNonce(claims: Claims, options: VerifyOptions): Promise<void> {
  const { clientKey, resourceOwnerKey, timestamp, nonce } = claims;
  const { useNonce, timestampWindow = DEFAULT_WINDOW, clock = systemClock } = options;
  if (useNonce === false || timestamp === undefined || nonce === undefined) return;
  const now = clock.now();
  const use = (window: number): NonceUse => ({
    clientKey,
    resourceOwnerKey,
    timestamp,
    nonce,
    // A second longer than the timestamp is accepted.
    rememberFor: Math.ceil(timestamp + window - now / 1000) + 1,
  });
  // Another call of this process may accept the timestamp for longer: its window is often the default one.
  const fresh: unknown = useNonce
    ? await useNonce(use(timestampWindow))
    : nonces.use(use(Math.max(timestampWindow, DEFAULT_WINDOW)), now);
  if (fresh !== true) {
    throw new OAuthError(
      "NONCE_USED",
      "The request's nonce was used before: this is a copy of an earlier request.",
    );
  }
}
