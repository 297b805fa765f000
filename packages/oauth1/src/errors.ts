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
