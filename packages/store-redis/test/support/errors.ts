import { inspect } from "node:util";
import { OAuthError } from "@grantkit/core";

/** The error that a call fails with. */
export async function errorOf(work: Promise<unknown>): Promise<OAuthError> {
  const outcome: unknown = await work.then(
    () => new Error("the call succeeded"),
    (error: unknown) => error,
  );
  if (!OAuthError.isInstance(outcome)) throw outcome;
  return outcome;
}

/** All that an error shows, wherever it is printed. */
export function shownBy(error: Error): string {
  const { message, stack, cause } = error;
  return [message, stack, String(cause), JSON.stringify(error), inspect(error)].join("\n");
}
