import { OAuthError, withNote } from "../errors/oauth-error.ts";

const NO_ANSWER: readonly OAuthError["code"][] = ["NETWORK_ERROR", "RESPONSE_TOO_LARGE", "TIMEOUT"];

/**
 * Network errors after which nothing was sent: the code or refresh token is as good as before. The server's certificate is
 * verified before a request is written.
 */
const NOT_SENT =
  /^(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|UNABLE_TO_(?:GET|VERIFY)_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/;

/** Whether a request may have reached the server and taken effect, though its response was not read. */
export function isAmbiguous({ code, details }: OAuthError): boolean {
  return NO_ANSWER.includes(code) && !NOT_SENT.test(String(details?.["networkCode"]));
}

/**
 * Explains an error after which the code may have been used, and rethrows it: a code works once, so the user has to sign
 * in again.
 *
 * @throws The error; OAuthError whose `retryable` is false where the code may have been used.
 */
export function explainSpentCode(error: unknown): never {
  if (!OAuthError.isInstance(error)) throw error;
  const ambiguous = isAmbiguous(error);
  if (!ambiguous && error.code !== "KEY_SET_UNAVAILABLE") throw error;
  const state = ambiguous
    ? "It is ambiguous whether the code was used"
    : "The code has been used meanwhile";
  const note = `${state}, so it was not sent again: let the user sign in again.`;
  throw withNote(error, note, { retryable: false });
}
