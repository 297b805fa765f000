import { OAuthError, type OAuthErrorOptions } from "@grantkit/core";

/**
 * A token that should be there is not (`TOKEN_MISSING`): in the callback, or because a step of the dance was left out. The
 * message says which.
 */
export class TokenMissing extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("TOKEN_MISSING", message, options);
  }
}

Object.defineProperty(TokenMissing.prototype, "name", { value: "TokenMissing" });

/** The callback's `oauth_verifier` is not there (`VERIFIER_MISSING`; RFC 5849 §2.2). */
export class VerifierMissing extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("VERIFIER_MISSING", message, options);
  }
}

Object.defineProperty(VerifierMissing.prototype, "name", { value: "VerifierMissing" });

/**
 * The provider gave no token (`TOKEN_REQUEST_DENIED`): `status` is the HTTP status, and `error` the provider's word
 * (`oauth_problem`) where it had one.
 */
export class TokenRequestDenied extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("TOKEN_REQUEST_DENIED", message, options);
  }
}

Object.defineProperty(TokenRequestDenied.prototype, "name", { value: "TokenRequestDenied" });

/**
 * The error for a request that has no signature which both sides would agree on (`REQUEST_UNSIGNABLE`).
 *
 * @param reason - What is wrong and what to do, without a full stop, and without anything of the request in it.
 */
export function unsignable(reason: string): OAuthError {
  return new OAuthError("REQUEST_UNSIGNABLE", `The request cannot be signed: ${reason}.`);
}

/** For a request that no signature could make right (`INVALID_REQUEST`; RFC 5849 §3.2 answers it with 400). */
export function malformed(reason: string): OAuthError {
  return new OAuthError("INVALID_REQUEST", `The request is no OAuth 1.0 request: ${reason}.`);
}

/**
 * For a signature that is not that of a client of ours (`SIGNATURE_INVALID`; answered with 401). Nobody learns whether
 * it was the client, the token, the key or the signature.
 */
export function invalidSignature(): OAuthError {
  return new OAuthError(
    "SIGNATURE_INVALID",
    "The request's signature is not valid for its client, token, URL and body. Behind a proxy, check that the URL passed to verify() is the one that the sender has signed.",
  );
}
