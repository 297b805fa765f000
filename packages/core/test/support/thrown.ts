import type { OAuthError } from "@grantkit/core";

/** The error that a promise rejects with; rejects when it resolves. */
export function thrown(work: Promise<unknown>): Promise<OAuthError> {
  return work.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as OAuthError,
  );
}
