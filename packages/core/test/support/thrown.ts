import type { OAuthError } from "@grantkit/core";

/** The error that some work ends with; rejects when it does not fail. */
export function thrown(work: Promise<unknown>): Promise<OAuthError> {
  return work.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as OAuthError,
  );
}
