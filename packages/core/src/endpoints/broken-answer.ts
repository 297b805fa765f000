import { OAuthError } from "../errors/oauth-error.ts";
import { networkCode } from "../http/network-errors.ts";

/**
 * Builds the error for an answer whose end did not arrive. An OAuthError stays what it is.
 *
 * @param subject - The answer, for the beginning of a sentence.
 * @param failure - What reading the body threw: the platform's `fetch` has the reason of its time limit, and errors of its own.
 */
export function brokenAnswer(provider: string, subject: string, failure: unknown): OAuthError {
  if (OAuthError.isInstance(failure)) return failure;
  if ((failure as Error | undefined)?.name === "TimeoutError") {
    const message = `${subject} did not arrive in time. Try again, or raise the timeout option.`;
    return new OAuthError("TIMEOUT", message, { provider, retryable: true });
  }
  const details = { networkCode: networkCode(failure) };
  const message = `${subject} broke off (${details.networkCode}). Try again, and check the network.`;
  return new OAuthError("NETWORK_ERROR", message, { provider, retryable: true, details });
}
