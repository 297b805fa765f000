import { OAuthError } from "@grantkit/core";

/**
 * The error for a request that has no signature which both sides would agree on (`REQUEST_UNSIGNABLE`).
 *
 * @param reason - What is wrong and what to do, without a full stop, and without anything of the request in it.
 */
export function unsignable(reason: string): OAuthError {
  return new OAuthError("REQUEST_UNSIGNABLE", `The request cannot be signed: ${reason}.`);
}
