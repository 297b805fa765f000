import { OAuthError, type OAuthErrorOptions } from "@grantkit/core";

/** A token is missing (`TOKEN_MISSING`): from the callback, or because a step of the sign-in was left out. */
export class TokenMissing extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("TOKEN_MISSING", message, options);
  }
}

Object.defineProperty(TokenMissing.prototype, "name", { value: "TokenMissing" });

/** The callback's `oauth_verifier` is missing (`VERIFIER_MISSING`; RFC 5849 §2.2). */
export class VerifierMissing extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("VERIFIER_MISSING", message, options);
  }
}

Object.defineProperty(VerifierMissing.prototype, "name", { value: "VerifierMissing" });

/** The provider gave no token (`TOKEN_REQUEST_DENIED`): `status` is the HTTP status, `error` its `oauth_problem` if it sent one. */
export class TokenRequestDenied extends OAuthError {
  constructor(message: string, options?: OAuthErrorOptions) {
    super("TOKEN_REQUEST_DENIED", message, options);
  }
}

Object.defineProperty(TokenRequestDenied.prototype, "name", { value: "TokenRequestDenied" });

/**
 * The error of a request that client and server would not sign alike (`REQUEST_UNSIGNABLE`).
 *
 * @param reason - What is wrong and what to do, without a full stop and without a value of the request.
 */
export function unsignable(reason: string): OAuthError {
  return new OAuthError("REQUEST_UNSIGNABLE", `The request cannot be signed: ${reason}.`);
}

/** The error of a request that no signature could make valid (`INVALID_REQUEST`; answered with 400, RFC 5849 §3.2). */
export function malformed(reason: string): OAuthError {
  return new OAuthError("INVALID_REQUEST", `The request is no OAuth 1.0 request: ${reason}.`);
}

/** The error of a wrong signature (`SIGNATURE_INVALID`; answered with 401), the same whether client, token or key is unknown. */
export function invalidSignature(): OAuthError {
  return new OAuthError(
    "SIGNATURE_INVALID",
    "The request's signature is not valid for its client, token, URL and body. Behind a proxy, check that the URL passed to verify() is the one that the sender signed.",
  );
}
