import type { OAuthError } from "../errors/oauth-error.ts";

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
