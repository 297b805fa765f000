import { OAuthError } from "../errors/oauth-error.ts";

const NO_ANSWER: readonly OAuthError["code"][] = ["NETWORK_ERROR", "RESPONSE_TOO_LARGE", "TIMEOUT"];

/** The network's words for "nobody was reached": nothing was sent, and what it was about is as good as before. */
const NOT_SENT = new Set<unknown>([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
]);

/** Whether a request may have reached the server and taken effect, though its answer was not read. */
export function isAmbiguous({ code, details }: OAuthError): boolean {
  return NO_ANSWER.includes(code) && !NOT_SENT.has(details?.["networkCode"]);
}

/** An error that leaves the code in doubt or spent says so: a code works once, so trying again means signing in again. */
export function explainSpentCode(error: unknown): unknown {
  if (!OAuthError.isInstance(error)) return error;
  const ambiguous = isAmbiguous(error);
  if (!ambiguous && error.code !== "KEY_SET_UNAVAILABLE") return error;
  const doubt = ambiguous
    ? "It is ambiguous whether the code was used up"
    : "The code has been used up meanwhile";
  return new OAuthError(
    error.code,
    `${error.message} ${doubt}, so it was not sent again: let the user sign in again.`,
    {
      ...(error.provider !== undefined && { provider: error.provider }),
      ...(error.details && { details: error.details }),
      retryable: false,
    },
  );
}
