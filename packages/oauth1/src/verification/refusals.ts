import { OAuthError } from "@grantkit/core";

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
